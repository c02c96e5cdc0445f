import type { Awaitable } from '../foundation/awaitable.js';
import type { Clock } from '../foundation/clock.js';
import type { Logger } from '../foundation/logger.js';
import type { Message } from '../messaging/message.js';
import type { MessageChannel } from '../messaging/message-channel.js';
import type { SessionContext } from '../messaging/session-context.js';
import type { EndedSubscription } from '../messaging/session-control.js';
import type { MessageEncoder } from './frame-mapping.js';
import type { InboundLimits } from './inbound-frames.js';
import type { SessionCounters } from './session-statistics.js';
import type { SessionEvent } from '../events/session-events.js';
import type { TransactionLimits } from './transactions.js';

/** What all sessions of an application share. */
export interface SessionEnvironment {
  readonly inbound: Pick<MessageChannel, 'send' | 'sendDirectly'>;
  /**
   * Tells of a message that was refused without the end of its session: the log, the diagnostics channel, the session.
   * @throws MessageHandlingError always, at once or as rejection
   */
  readonly tellRefusal: (error: Error, message: Message) => Awaitable<void>;
  /** Tells a session that the server ended one of its subscriptions: the log, the session at its error destination. Never fails. */
  readonly tellUnsubscribed: (session: SessionContext, ended: EndedSubscription) => Awaitable<void>;
  /** Told when a session that is over is not waited for any more, though a handler may still be at work for it. */
  readonly onAbandoned: (session: SessionContext) => void;
  readonly encoder: MessageEncoder;
  readonly events: { publish(event: SessionEvent): Awaitable<void> };
  readonly logger: Logger;
  readonly clock: Clock;
  readonly counters: SessionCounters;
  readonly heartBeat: { readonly sends: number; readonly expects: number };
  readonly limits: InboundLimits &
    TransactionLimits & {
      readonly subscriptions: number;
      readonly connectTimeMs: number;
      readonly lingerTimeMs: number;
    };
}

/** Who is told of the end of a session; each at most once. */
export interface SessionOwner {
  /** The session is over and will not be heard of again. */
  onEnd(sessionId: string): void;
  /** Its end takes time to be taken in: resolves when all are done or had their time, never rejects. `cutShort` ends the waiting. */
  onFarewell(farewell: Promise<void>, cutShort: () => void): void;
}
