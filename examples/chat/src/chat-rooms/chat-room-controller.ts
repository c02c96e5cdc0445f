import { Controller, DestinationVariable, MessageMapping, Payload, Principal, SendTo } from 'treadle';
import { conversationOfRoom, MessageStore, type StoredMessage } from '../messages/message-store.js';
import { OutgoingMessage } from '../messages/outgoing-message.js';

/** What members send to a room. That they are members has been checked by `DestinationGuard` before. */
@Controller()
@MessageMapping('/chat-rooms/{roomId}')
export class ChatRoomController {
  constructor(private readonly messages: MessageStore) {}

  /**
   * Stores the message, then delivers it to everybody who subscribed to the room. One that its sender repeats is delivered again: the server that
   * stored it may have died before it could. Pages know a message by its id.
   */
  @MessageMapping('/messages')
  @SendTo('/topic/chat-rooms/{roomId}')
  async say(
    @Payload(OutgoingMessage) { id, text }: OutgoingMessage,
    @DestinationVariable('roomId') roomId: string,
    @Principal() user: Principal,
  ): Promise<StoredMessage> {
    return this.messages.append(conversationOfRoom(roomId), { id, text, sender: user.name });
  }

  @MessageMapping('/typing')
  @SendTo('/topic/chat-rooms/{roomId}/typing')
  typing(@Principal() user: Principal): { name: string } {
    return { name: user.name };
  }
}
