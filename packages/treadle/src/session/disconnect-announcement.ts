import { type Awaitable, whenDone, whenSettled } from '../foundation/awaitable.js';
import { isError } from '../foundation/error-text.js';
import { TreadleError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import { Message, NO_PAYLOAD } from '../messaging/message.js';
import type { MessageChannel } from '../messaging/message-channel.js';
import type { NativeHeaders } from '../messaging/native-headers.js';
import type { SessionContext } from '../messaging/session-context.js';

/**
 * Sends the DISCONNECT message of a session into the inbound channel, for all who keep something for it. An interceptor that
 * refuses it does not keep the others from cleaning up. Never throws or rejects.
 * @returns what its client is owed instead of a RECEIPT, which would say that all it sent was received (STOMP 1.2 § DISCONNECT): `OUTCOME_UNKNOWN`
 */
export function announceDisconnect(
  session: SessionContext,
  headers: NativeHeaders,
  { inbound, logger }: { readonly inbound: Pick<MessageChannel, 'send' | 'sendDirectly'>; readonly logger: Logger },
): Awaitable<Error | undefined> {
  let owed: Error | undefined;
  const message = new Message({ type: 'DISCONNECT', payload: NO_PAYLOAD, headers, session });
  const announced = whenSettled(
    () => inbound.send(message),
    (error) => {
      if (error === undefined) return;
      if (isOutcomeUnknown(error)) owed = error;
      logger.debug('DISCONNECT was refused on the inbound channel', { error, sessionId: session.id });
      return whenSettled(
        () => inbound.sendDirectly(message),
        (failure) => {
          if (failure === undefined) return;
          if (isOutcomeUnknown(failure)) owed = failure;
          else logger.error('the clean-up of a session failed', { error: failure, sessionId: session.id });
        },
      );
    },
  );
  return whenDone(announced, () => owed);
}

function isOutcomeUnknown(error: unknown): error is TreadleError {
  return isError(error) && error instanceof TreadleError && error.code === 'OUTCOME_UNKNOWN';
}
