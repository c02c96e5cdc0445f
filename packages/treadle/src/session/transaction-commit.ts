import type { Frame } from '@treadle/stomp';
import { asError } from '../foundation/error-text.js';
import { MessageHandlingError } from '../foundation/errors.js';
import type { SessionContext } from '../messaging/session-context.js';
import { frameToMessage } from './frame-mapping.js';
import { messageRefusedAlone } from './refused-message.js';
import type { SessionEnvironment } from './session-environment.js';
import type { Transaction } from './transaction.js';

/** What a transaction is committed with. */
export interface TransactionCommitParts {
  readonly session: SessionContext;
  readonly environment: Pick<SessionEnvironment, 'inbound' | 'tellRefusal'>;
}

// As many frames, or as much time, as a session has in a row otherwise: then other sessions have their turn.
const FRAMES_IN_A_ROW = 256;
const MILLISECONDS_IN_A_ROW = 10;

/**
 * Sends what a transaction held, each message behind the one before, then lets its acknowledgements count. Where a message fails in application code, or is
 * refused alone, the others go on, but the acknowledgements are rolled back: what was to be done for the acknowledged messages is not done. After any
 * other failure nothing more is sent. The end of the session does not stop it: a transaction takes effect whole (STOMP 1.2 § BEGIN). Its acknowledgements are
 * rolled back then, as others get what the session had not acknowledged.
 * @throws MessageHandlingError the first message that failed and was told already
 * @throws what ended it
 */
export async function commitTransaction(transaction: Transaction, parts: TransactionCommitParts): Promise<void> {
  try {
    const failure = await sendAll(transaction, parts);
    if (failure) throw failure;
    await transaction.commit();
  } finally {
    transaction.rollback(); // does nothing behind the commit
  }
}

/** Gives the first failure behind which the others went on. */
async function sendAll(transaction: Transaction, parts: TransactionCommitParts): Promise<Error | undefined> {
  let failure: Error | undefined;
  let sentInARow = 0;
  let beganAt = performance.now();
  for (const frame of transaction.sends) {
    const failed = await send(frame, parts); // one after the other: their order is the point
    failure ??= failed;
    sentInARow += 1;
    if (sentInARow < FRAMES_IN_A_ROW && performance.now() - beganAt < MILLISECONDS_IN_A_ROW) continue;
    await rest();
    sentInARow = 0;
    beganAt = performance.now();
  }
  return failure;
}

/** Resolves with a failure that was told and leaves the session alone. */
async function send(frame: Frame, { session, environment }: TransactionCommitParts): Promise<Error | undefined> {
  try {
    // Without a turn of its own: nobody can let the next one begin before this one is done.
    await environment.inbound.send(frameToMessage('MESSAGE', frame, session));
    return undefined;
  } catch (thrown) {
    const error = asError(thrown);
    if (error instanceof MessageHandlingError) return error;
    const refused = messageRefusedAlone(error, frame, session);
    if (!refused) throw error;
    return tell(error, () => environment.tellRefusal(error, refused));
  }
}

async function tell(refusal: Error, told: () => unknown): Promise<Error> {
  try {
    await told();
    return refusal;
  } catch (failure) {
    return asError(failure);
  }
}

function rest(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
