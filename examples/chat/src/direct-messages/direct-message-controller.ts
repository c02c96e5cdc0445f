import { Controller, DestinationVariable, MessageMapping, Payload, Principal, SimpMessagingTemplate } from 'treadle';
import { conversationOfPair, MessageStore } from '../messages/message-store.js';
import { OutgoingMessage } from '../messages/outgoing-message.js';
import { UserDirectory } from '../users/user-directory.js';

/** What one person sends to another. */
@Controller()
@MessageMapping('/direct/{name}')
export class DirectMessageController {
  constructor(
    private readonly users: UserDirectory,
    private readonly messages: MessageStore,
    private readonly template: SimpMessagingTemplate,
  ) {}

  /** Stores the message, then delivers it to all windows of the addressee and of the sender, whichever server they are on; again when it is repeated. */
  @MessageMapping('/messages')
  async send(
    @Payload(OutgoingMessage) { id, text }: OutgoingMessage,
    @DestinationVariable('name') addressee: string,
    @Principal() { name: sender }: Principal,
  ): Promise<void> {
    await this.users.require(addressee);
    const conversation = conversationOfPair(sender, addressee);
    const stored = await this.messages.append(conversation, { id, text, sender });
    for (const name of new Set([addressee, sender])) {
      await this.template.convertAndSendToUser(name, '/queue/direct', { ...stored, addressee });
    }
  }

  @MessageMapping('/typing')
  async typing(@DestinationVariable('name') addressee: string, @Principal() { name }: Principal): Promise<void> {
    await this.template.convertAndSendToUser(addressee, '/queue/typing', { name });
  }
}
