import { IsInt, IsString, Length } from 'class-validator';
import {
  Controller,
  DestinationVariable,
  MessageMapping,
  Payload,
  SendTo,
  SendToUser,
  SubscribeMapping,
} from '../../src/annotation/decorators';
import { Fixture } from './fixture';

class ChatMessage {
  @IsString() @Length(1, 80) from!: string;
  @IsInt() age!: number;
}

@Controller()
@MessageMapping('/chat')
class ChatController {
  @MessageMapping('/{room}')
  @SendTo('/topic/chat/{room}')
  say(@Payload() message: ChatMessage, @DestinationVariable('room') room: string) {
    return { ...message, room, isInstance: message instanceof ChatMessage };
  }

  @MessageMapping('/async/{id}')
  @SendToUser('/queue/answers')
  async later(@DestinationVariable('id') id: number) {
    await Promise.resolve();
    return { id };
  }

  @SubscribeMapping('/now')
  now() {
    return 'noon';
  }
}

describe('scratch', () => {
  test('happy', async () => {
    const fixture = new Fixture([ChatController]);
    expect(fixture.send('/app/chat/tea', { from: 'a', age: 3 })).toBeUndefined();
    await fixture.send('/app/chat/async/17');
    await fixture.subscribe('/app/chat/now');
    console.log(fixture.broker.sent, fixture.clients.sent, fixture.clients.messages);
    await Promise.resolve(fixture.send('/app/chat/tea', { from: '', age: 'x' })).catch((e) =>
      console.log(e.code, e.message),
    );
  });
  test('unhappy', async () => {
    const fixture = new Fixture([ChatController]);
    for (const body of [
      '"str"',
      '[]',
      '3',
      '{',
      'null',
      '',
      '{"__proto__":{"a":1},"from":"x","age":1}',
      '{"from":"x","age":1,"constructor":{}}',
    ])
      try {
        await fixture.send('/app/chat/tea', body);
        console.log('ok', body);
      } catch (e: any) {
        console.log(body, e.code, e.message);
      }
    try {
      await fixture.send('/app/nobody', '');
    } catch (e: any) {
      console.log(e.code, e.message);
    }
    try {
      await fixture.subscribe('/app/nobody');
    } catch (e: any) {
      console.log(e.code, e.message);
    }
    try {
      await fixture.send('/elsewhere/nobody', '');
    } catch (e: any) {
      console.log(e.code, e.message);
    }
    await fixture.send('/topic/x', '');
    console.log(fixture.broker.sent);
  });
});
