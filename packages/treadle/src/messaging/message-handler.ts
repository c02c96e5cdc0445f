import { type Awaitable, isPromise, whenSettled } from '../foundation/awaitable.js';
import type { Message } from './message.js';

/** Takes the messages of a channel it is subscribed to. Settles when the message has taken effect, fails when it did not. */
export interface MessageHandler {
  handleMessage(message: Message): Awaitable<void>;
}

/** Gives the message to the handlers one after the other, from `index` on; the first failure keeps it from the rest. */
export function handleInTurn(handlers: readonly MessageHandler[], index: number, message: Message): Awaitable<void> {
  for (let next = index; next < handlers.length; next += 1) {
    const result = handlers[next]?.handleMessage(message);
    if (!isPromise(result)) continue;
    return next + 1 === handlers.length ? result : result.then(() => handleInTurn(handlers, next + 1, message));
  }
}

/** Gives the message to every handler from `index` on, whatever another one throws. @throws the first failure, when all are done */
export function handleByAll(
  handlers: readonly MessageHandler[],
  index: number,
  message: Message,
  failure?: unknown,
): Awaitable<void> {
  const handler = handlers[index];
  if (handler) {
    return whenSettled(
      () => handler.handleMessage(message),
      (error) => handleByAll(handlers, index + 1, message, failure ?? error),
    );
  }
  if (failure !== undefined) throw failure as Error; // whatever was thrown goes on as it is
}
