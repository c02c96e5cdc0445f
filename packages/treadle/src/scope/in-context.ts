import type { Awaitable } from '../foundation/awaitable.js';
import type { Message } from '../messaging/message.js';
import type { MessageHandler } from '../messaging/message-handler.js';
import type { SessionContext } from '../messaging/session-context.js';
import type { CurrentActivity } from './current-activity.js';

/** What sessions send their messages to. */
interface InboundChannel {
  send(message: Message): Awaitable<void>;
  sendDirectly(message: Message): Awaitable<void>;
}

/** Who publishes what happens. */
interface EventPublisher {
  publish(event: object): Awaitable<void>;
}

/** The channel, entered in the context of the message: for its interceptors and handlers. */
export class InboundInContext implements InboundChannel {
  readonly #channel: InboundChannel;
  readonly #activity: CurrentActivity;

  constructor(channel: InboundChannel, activity: CurrentActivity) {
    this.#channel = channel;
    this.#activity = activity;
  }

  send(message: Message): Awaitable<void> {
    if (!this.#activity.isOn) return this.#channel.send(message);
    return this.#activity.ofMessage(message, () => this.#channel.send(message));
  }

  sendDirectly(message: Message): Awaitable<void> {
    if (!this.#activity.isOn) return this.#channel.sendDirectly(message);
    return this.#activity.ofMessage(message, () => this.#channel.sendDirectly(message));
  }
}

/** The handler, called in the context of the very message it gets. */
export class HandlerInContext implements MessageHandler {
  readonly #handler: MessageHandler;
  readonly #activity: CurrentActivity;

  constructor(handler: MessageHandler, activity: CurrentActivity) {
    this.#handler = handler;
    this.#activity = activity;
  }

  handleMessage(message: Message): Awaitable<void> {
    if (!this.#activity.isOn) return this.#handler.handleMessage(message);
    return this.#activity.ofHandler(message, () => this.#handler.handleMessage(message));
  }
}

/** Session events, told in the context of their session. */
export class EventsInContext implements EventPublisher {
  readonly #events: EventPublisher;
  readonly #activity: CurrentActivity;

  constructor(events: EventPublisher, activity: CurrentActivity) {
    this.#events = events;
    this.#activity = activity;
  }

  publish(event: object & { readonly session: SessionContext }): Awaitable<void> {
    if (!this.#activity.isOn) return this.#events.publish(event);
    return this.#activity.ofSession(event.session, () => this.#events.publish(event));
  }
}
