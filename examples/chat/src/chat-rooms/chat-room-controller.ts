import { Controller, DestinationVariable, MessageMapping, Payload, Principal, SendTo } from 'treadle';
import { conversationOfRoom, MessageStore, type StoredMessage } from '../messages/message-store.js';
import { OutgoingMessage } from '../messages/outgoing-message.js';

/** What members send to a room. That they are members has been checked by `DestinationGuard` before. */
@Controller()
@MessageMapping('/chat-rooms/{roomId}')
export class ChatRoomController {
  constructor(private readonly messages: MessageStore) {}

  /** Stores the message, then delivers it to everybody who subscribed to the room. */
  @MessageMapping('/messages')
  @SendTo('/queue/chat-rooms/{roomId}')
  async say(
    @Payload(OutgoingMessage) { id, text }: OutgoingMessage,
    @DestinationVariable('roomId') roomId: string,
    @Principal() user: Principal,
  ): Promise<StoredMessage | undefined> {
    const { stored, isNew } = await this.messages.append(conversationOfRoom(roomId), { id, text, sender: user.name });
    // Nothing is delivered for `undefined`: the room has had a message that its sender repeats.
    return isNew ? stored : undefined;
  }

  @MessageMapping('/typing')
  @SendTo('/topic/chat-rooms/{roomId}/typing')
  typing(@Principal() user: Principal): { name: string } {
    return { name: user.name };
  }
}
