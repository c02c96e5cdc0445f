import { Router } from 'express';
import { SimpMessagingTemplate } from 'treadle';
import { injectable } from 'tsyringe';
import { BearerToken, userNameOf } from '../http/bearer-token.js';
import { bodyOf } from '../http/json-body.js';
import { historyRangeOf } from '../messages/history-range.js';
import { conversationOfRoom, MessageStore } from '../messages/message-store.js';
import { ChatRoomDirectory } from './chat-room-directory.js';
import { newChatRoomFrom } from './new-chat-room.js';

/** `/api/chat-rooms`: making rooms, listing one's own, reading what was said. */
@injectable()
export class ChatRoomsApi {
  constructor(
    private readonly rooms: ChatRoomDirectory,
    private readonly messages: MessageStore,
    private readonly template: SimpMessagingTemplate,
    private readonly bearerToken: BearerToken,
  ) {}

  routes(): Router {
    const router = Router().use(this.bearerToken.required);
    router.get('/', async (_request, response) => {
      response.json({ rooms: await this.rooms.roomsOf(userNameOf(response)) });
    });
    router.post('/', async (request, response) => {
      const room = await this.rooms.create(newChatRoomFrom(bodyOf(request), userNameOf(response)));
      // Members who are connected see the new room at once; the others find it in their list.
      for (const name of room.members) await this.template.convertAndSendToUser(name, '/queue/chat-rooms', room);
      response.status(201).location(`/api/chat-rooms/${room.id}`).json(room);
    });
    router.get('/:id/messages', async (request, response) => {
      const { id } = request.params;
      await this.rooms.requireMember(id, userNameOf(response));
      response.json(await this.messages.read(conversationOfRoom(id), historyRangeOf(request)));
    });
    return router;
  }
}
