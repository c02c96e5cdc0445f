import { Message, NativeHeaders, type SimpMessagingTemplate, type UserReach } from 'treadle';
import { expectType } from './expect-type.types.js';

/** Every form that compiles. */
export async function publish(template: SimpMessagingTemplate, message: Message): Promise<void> {
  await template.send(message);
  await template.send('/topic/a', message);
  await template.convertAndSend('/topic/a', { any: 'value' });
  await template.convertAndSend('/topic/a', 1, { priority: '9' });
  await template.convertAndSend('/topic/a', 1, new NativeHeaders(['priority', '9']));
  await template.convertAndSend('/topic/a', 1, { priority: '9' }, (each) => each);
  await template.convertAndSend('/topic/a', 1, (each) => each.with({ id: '1' }));
  await template.convertAndSend('/topic/a', 1, { headers: { priority: '9' }, postProcessor: (each) => each });
  await template.convertAndSendToDefault('text');
  expectType<Promise<void>>()(template.convertAndSend('/topic/a', 1));
  expectType<UserReach>()(await template.convertAndSendToUser('alice', '/queue/a', 1));
  expectType<UserReach>()(await template.convertAndSendToUser({ name: 'alice' }, '/queue/a', 1, { headers: {} }));
}

/** What does not. */
export async function misuse(template: SimpMessagingTemplate, message: Message): Promise<void> {
  // @ts-expect-error -- a payload is required
  await template.convertAndSend('/topic/a');
  // @ts-expect-error -- the destination comes first
  await template.convertAndSend({ any: 'value' }, '/topic/a');
  // @ts-expect-error -- a post-processor gives a message
  await template.convertAndSend('/topic/a', 1, () => 'text');
  // @ts-expect-error -- a raw message has octets
  await template.send('/topic/a', { any: 'value' });
  // @ts-expect-error -- a user has a name
  await template.convertAndSendToUser({ id: 7 }, '/queue/a', 1);
  // @ts-expect-error -- a message is not changed
  message.destination = '/topic/b';
}
