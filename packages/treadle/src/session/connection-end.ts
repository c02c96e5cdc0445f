import type { Timer } from '../foundation/clock.js';
import { MessageRejectedError } from '../foundation/errors.js';
import {
  CLOSE_CODES,
  type Connection,
  type ConnectionFault,
  type ConnectionListener,
} from '../transport/connection.js';
import type { FrameAnswers } from './frame-answers.js';
import type { InboundFrames } from './inbound-frames.js';
import type { SessionEnvironment } from './session-environment.js';
import { FAULTS } from './session-failure.js';
import type { SessionFarewell } from './session-farewell.js';

// No close frame came (RFC 6455 § 7.1.5).
const CONNECTION_LOST = 1006;

/** What the end of a connection acts on. */
export interface ConnectionEndParts {
  readonly connection: Pick<Connection, 'close' | 'terminate'>;
  readonly environment: Pick<SessionEnvironment, 'clock' | 'limits' | 'counters'>;
  readonly inbound: Pick<InboundFrames, 'stop' | 'whenIdle'>;
  readonly answers: Pick<FrameAnswers, 'report' | 'error'>;
  readonly farewell: Pick<SessionFarewell, 'abandon'>;
  /** Ends the session, unless it has ended. */
  readonly end: (code: number, reason: string) => void;
}

/**
 * The end of the connection under a session that lives: what came before counts though nobody may be told any more, and the session ends behind it, or when
 * `lingerTimeMs` have passed.
 */
export class ConnectionEnd implements Omit<ConnectionListener, 'onOctets'> {
  readonly #parts: ConnectionEndParts;
  #lingerTimer: Timer | undefined;

  constructor(parts: ConnectionEndParts) {
    this.#parts = parts;
  }

  onOverflow(detail: string): void {
    const { connection, answers, end } = this.#parts;
    answers.report(new MessageRejectedError(detail, { code: 'SLOW_CONSUMER' }));
    end(CLOSE_CODES.sessionNotReliable, 'SLOW_CONSUMER');
    connection.terminate(); // it does not read, so it would not read a close frame either
  }

  onFault(fault: ConnectionFault): void {
    const { connection, environment, inbound, answers, end } = this.#parts;
    const { code, detail } = FAULTS[fault];
    environment.counters.transportErrors += 1;
    const { closeCode } = answers.error(new MessageRejectedError(detail, { code }));
    inbound.stop();
    connection.close(closeCode, code);
    inbound.whenIdle(() => end(closeCode, code));
  }

  onClose(code: number, reason: string): void {
    const { connection, environment, inbound, farewell, end } = this.#parts;
    const { clock, limits, counters } = environment;
    if (code === CONNECTION_LOST) counters.transportErrors += 1;
    const leave = (): void => {
      end(code, reason);
      connection.close(CLOSE_CODES.normal, ''); // over TCP a client that ended its half has been answered till now
    };
    this.#lingerTimer = clock.setTimeout(() => {
      farewell.abandon();
      leave();
    }, limits.lingerTimeMs);
    inbound.whenIdle(leave);
  }

  /** The session has ended: nothing is waited for any more. */
  cancel(): void {
    this.#lingerTimer?.cancel();
  }
}
