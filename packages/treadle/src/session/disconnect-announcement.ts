import { type Awaitable, whenSettled } from '../foundation/awaitable.js';
import type { Logger } from '../foundation/logger.js';
import { Message, NO_PAYLOAD } from '../messaging/message.js';
import type { MessageChannel } from '../messaging/message-channel.js';
import type { NativeHeaders } from '../messaging/native-headers.js';
import type { SessionContext } from '../messaging/session-context.js';

/**
 * Sends the DISCONNECT message of a session into the inbound channel, for all who keep something for it. An interceptor that
 * refuses it does not keep the others from cleaning up. Never throws or rejects.
 */
export function announceDisconnect(
  session: SessionContext,
  headers: NativeHeaders,
  { inbound, logger }: { readonly inbound: Pick<MessageChannel, 'send' | 'sendDirectly'>; readonly logger: Logger },
): Awaitable<void> {
  const message = new Message({ type: 'DISCONNECT', payload: NO_PAYLOAD, headers, session });
  return whenSettled(
    () => inbound.send(message),
    (error) => {
      if (error === undefined) return;
      logger.debug('DISCONNECT was refused on the inbound channel', { error, sessionId: session.id });
      return whenSettled(
        () => inbound.sendDirectly(message),
        (failure) => {
          if (failure === undefined) return;
          logger.error('the clean-up of a session failed', { error: failure, sessionId: session.id });
        },
      );
    },
  );
}
