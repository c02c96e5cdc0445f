import 'reflect-metadata';
import { IsString, Length } from 'class-validator';
import { Controller, createApplication, DestinationVariable, MessageMapping, Payload, SendTo } from 'treadle';
import { PriceFeed } from './price-feed';

class ChatMessage {
  @IsString() @Length(1, 80) from!: string;
  @IsString() @Length(1, 500) text!: string;
}

@Controller()
@MessageMapping('/chat')
class ChatController {
  @MessageMapping('/{room}')
  @SendTo('/topic/chat/{room}')
  say(@Payload() message: ChatMessage, @DestinationVariable('room') room: string) {
    return { ...message, room, sentAt: new Date().toISOString() };
  }
}

export const application = createApplication({
  controllers: [ChatController],
  services: [PriceFeed],
  endpoints: ['/ws'],
  applicationDestinationPrefixes: ['/app'],
});
