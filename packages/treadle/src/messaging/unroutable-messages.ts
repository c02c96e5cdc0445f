import { TreadleError } from '../foundation/errors.js';
import type { Message } from './message.js';
import type { MessageHandler } from './message-handler.js';

/** Refuses messages of the application that nobody on its channel takes: what goes nowhere must not look accepted. */
export class UnroutableMessages implements MessageHandler {
  readonly #isTaken: (message: Message) => boolean;

  /** @param isTaken whether anybody on the channel takes a message to its destination */
  constructor(isTaken: (message: Message) => boolean) {
    this.#isTaken = isTaken;
  }

  /** @throws TreadleError `DESTINATION_UNSERVED` */
  handleMessage(message: Message): void {
    if (message.type !== 'MESSAGE' || this.#isTaken(message)) return;
    const { destination = '(none)', userDestination } = message;
    const meant = userDestination === undefined ? '' : ` (translated from '${userDestination}')`;
    throw new TreadleError(
      'DESTINATION_UNSERVED',
      `nobody serves '${destination}'${meant}: it begins with none of the broker's prefixes`,
    );
  }
}
