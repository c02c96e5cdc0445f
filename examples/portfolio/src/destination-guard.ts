import { type ChannelInterceptor, type Message, MessageRejectedError } from 'treadle';

/** Where clients may SEND: to controllers only, so that nobody but the server publishes prices and executed trades. */
const SENDABLE = /^\/app\/trade(\/preview)?$/;

/** What clients may SUBSCRIBE to. */
const SUBSCRIBABLE = [
  /^\/app\/(positions|quotes|traders-online)$/,
  /^\/app\/alerts\/[A-Z]+\/[\d.]+$/,
  /^\/topic\/price\.stock\.(\*|[A-Z]+)$/,
  /^\/topic\/traders-online$/,
  /^\/user\/queue\/(position-updates|trade-previews|errors|replies)$/,
];

/** Refuses everything that is not listed above with ERROR `ACCESS_DENIED`, which ends the session: our page never asks for it. */
export class DestinationGuard implements ChannelInterceptor {
  preSend(message: Message): Message {
    const { type, destination = '', user } = message;
    const isRefused =
      (type === 'MESSAGE' && !SENDABLE.test(destination)) ||
      (type === 'SUBSCRIBE' && !SUBSCRIBABLE.some((pattern) => pattern.test(destination)));
    if (!isRefused) return message;
    throw new MessageRejectedError(`${user?.name} may not use ${destination}`, { code: 'ACCESS_DENIED' });
  }
}
