import { Controller, createApplication, MessageMapping, SubscribeMapping } from 'treadle';
import { publicDestinations } from './public-destinations';

test('the public destinations of an application', () => {
  @Controller()
  class Chat {
    @MessageMapping('/chat/{room}') say(): void {}
    @SubscribeMapping('/rooms') rooms(): void {}
  }

  expect(publicDestinations(createApplication({ controllers: [Chat] }))).toEqual([
    'MESSAGE /app/chat/{room}',
    'SUBSCRIBE /app/rooms',
  ]);
});
