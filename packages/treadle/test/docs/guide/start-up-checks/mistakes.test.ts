import { Controller, createApplication, DestinationVariable, MessageMapping, Payload } from 'treadle';
import { documentedMessage } from './documented-message';
import { mistakesOf } from './mistakes';

interface Said {
  readonly text: string;
}

@Controller()
class Chat {
  @MessageMapping('/chat/{room}')
  say(@Payload() _said: Said, @DestinationVariable('rom') _room: string): void {}
}

const create = () => createApplication({ controllers: [Chat], limits: { sessions: 0 } });

test('the mistakes of an application, as data', () => {
  expect(mistakesOf(create)).toEqual([
    'limits.sessions: give a number from 1 on',
    'Chat.say, parameter 0: name it: @Payload(Dto), or @Payload(Object) for any JSON value',
    "Chat.say, parameter 1: did you mean 'room'?",
  ]);
});

test('the message that the page shows is the one that is thrown', () => {
  expect(create).toThrow(new Error(documentedMessage()));
});
