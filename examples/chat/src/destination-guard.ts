import { type ChannelInterceptor, type Message, MessageRejectedError } from 'treadle';
import type { ChatRoomDirectory } from './chat-rooms/chat-room-directory.js';

/** Where clients may SEND: never straight to the broker, so that what a topic carries has always passed a controller. */
const SENDABLE = [
  /^\/app\/chat-rooms\/(?<roomId>[^/]+)\/(messages|typing)$/,
  /^\/app\/direct\/[^/]+\/(messages|typing)$/,
];

/** What clients may SUBSCRIBE to. Wildcards are in no line, so nobody listens to rooms they do not know. */
const SUBSCRIBABLE = [
  /^\/topic\/chat-rooms\/(?<roomId>[^/]+)$/,
  /^\/topic\/chat-rooms\/(?<roomId>[^/]+)\/typing$/,
  /^\/topic\/(presence|announcements)$/,
  /^\/app\/server$/,
  /^\/user\/queue\/(direct|chat-rooms|typing|refusals|errors)$/,
];

/**
 * Lets through what is listed above, and what concerns a room only for its members.
 * A refused client gets ERROR `ACCESS_DENIED` and its session ends.
 */
export class DestinationGuard implements ChannelInterceptor {
  constructor(private readonly rooms: ChatRoomDirectory) {}

  async preSend(message: Message): Promise<Message> {
    if (message.type === 'MESSAGE') await this.#check(message, SENDABLE);
    if (message.type === 'SUBSCRIBE') await this.#check(message, SUBSCRIBABLE);
    return message;
  }

  async #check({ destination = '', user }: Message, allowed: readonly RegExp[]): Promise<void> {
    const match = allowed.map((pattern) => pattern.exec(destination)).find((found) => found !== null);
    const roomId = match?.groups?.['roomId'];
    if (match && roomId === undefined) return;
    if (roomId !== undefined && user && (await this.rooms.isMember(roomId, user.name))) return;
    throw new MessageRejectedError(`${user?.name} may not use ${destination}`, { code: 'ACCESS_DENIED' });
  }
}
