import type { Message } from '../messaging/message.js';
import type { MessageHandler } from '../messaging/message-handler.js';
import type { ApplicationEvents } from './application-events.js';
import { SessionConnectEvent, SessionSubscribeEvent } from './session-events.js';

/**
 * Stands first on `clientInboundChannel`: what arrives here has passed every interceptor and has been handled by nobody. What
 * comes of it, the session tells.
 */
export class SessionEventPublisher implements MessageHandler {
  readonly #events: ApplicationEvents;

  constructor(events: ApplicationEvents) {
    this.#events = events;
  }

  handleMessage({ type, session, subscriptionId, destination, headers }: Message): void {
    if (type === 'MESSAGE' || !session) return;
    if (type === 'CONNECT') {
      void this.#events.publish(new SessionConnectEvent(session, headers.without('passcode')));
    } else if (type === 'SUBSCRIBE' && subscriptionId !== undefined && destination !== undefined) {
      void this.#events.publish(new SessionSubscribeEvent(session, subscriptionId, destination));
    }
  }
}
