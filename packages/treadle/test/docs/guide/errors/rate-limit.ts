import { ApplicationError, type ChannelInterceptor, type Message } from 'treadle';

const sentBefore = new Set<string | undefined>();

/** A rate limit for a test: each session has one message. */
function mayGoOn(sessionId: string | undefined): boolean {
  if (sentBefore.has(sessionId)) return false;
  sentBefore.add(sessionId);
  return true;
}

class RateLimit implements ChannelInterceptor {
  preSend(message: Message): Message {
    if (message.type !== 'MESSAGE' || mayGoOn(message.sessionId)) return message;
    throw new ApplicationError('TOO_FAST', 'Please wait a second.', { endsSession: false });
  }
}

export const rateLimit = new RateLimit();
