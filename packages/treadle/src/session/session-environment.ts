import type { Clock } from '../foundation/clock.js';
import type { Logger } from '../foundation/logger.js';
import type { MessageChannel } from '../messaging/message-channel.js';
import type { MessageEncoder } from './frame-mapping.js';
import type { InboundQueueLimits } from './inbound-queue.js';
import type { ApplicationEvents } from './session-events.js';

/** What all sessions of an application share. */
export interface SessionEnvironment {
  readonly inbound: MessageChannel;
  readonly encoder: MessageEncoder;
  readonly events: ApplicationEvents;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly heartBeat: { readonly sends: number; readonly expects: number };
  readonly limits: InboundQueueLimits & {
    readonly frameHeaders: number;
    readonly frameHeaderLineOctets: number;
    readonly frameBodyOctets: number;
    readonly subscriptions: number;
    readonly connectTimeMs: number;
    readonly lingerTimeMs: number;
  };
}
