import 'reflect-metadata';
import { IsString, Length } from 'class-validator';
import { Controller, createApplication, MessageMapping, Payload, SendTo } from 'treadle';

class HelloMessage {
  @IsString()
  @Length(1, 40)
  name!: string;
}

@Controller()
class GreetingController {
  @MessageMapping('/hello')
  @SendTo('/topic/greetings')
  greet(@Payload() { name }: HelloMessage): { content: string } {
    return { content: `Hello, ${name}!` };
  }
}

export const application = createApplication({ controllers: [GreetingController] });
