import type { ChannelInterceptor } from '../../src/messaging/channel-interceptor.js';
import type { Message } from '../../src/messaging/message.js';

/** A delivery at the moment the broker made it, before anybody knows whether its client reads it. */
export interface LoggedDelivery {
  readonly sessionId: string;
  readonly subscriptionId: string;
  /** As clients know it. */
  readonly destination: string;
  readonly messageId: string;
  readonly ackId: string | undefined;
  /** Of its MESSAGE frame beside those that STOMP asks for and its content-type, the first of repeated ones. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyOctets: number;
}

/**
 * All deliveries in the order they were made, over all sessions. Who gets the next message of a queue is the broker's choice, so the reference looks here
 * what was chosen, and says whether it was allowed.
 */
export class DeliveryLog {
  readonly entries: LoggedDelivery[] = [];

  /** For `clientOutbound`. */
  readonly interceptor: ChannelInterceptor = {
    preSend: (message) => {
      this.entries.push(loggedDelivery(message));
      return message;
    },
  };

  /** Those of a session, which are what its client reads sooner or later. */
  ofSession(sessionId: string): readonly LoggedDelivery[] {
    return this.entries.filter((entry) => entry.sessionId === sessionId);
  }
}

function loggedDelivery(message: Message): LoggedDelivery {
  const { sessionId = '', subscriptionId = '', destination = '', userDestination = destination, id = '' } = message;
  const headers: Record<string, string> = {};
  const list = [...(message.delivery?.headers ?? []), ...message.headers.list];
  for (let index = 0; index < list.length; index += 2) headers[list[index] ?? ''] ??= list[index + 1] ?? '';
  delete headers['content-type'];
  const ackId = message.delivery?.ackId;
  const bodyOctets = message.payload.length;
  return { sessionId, subscriptionId, destination: userDestination, messageId: id, ackId, headers, bodyOctets };
}
