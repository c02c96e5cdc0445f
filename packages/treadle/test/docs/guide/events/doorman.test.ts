import { connect } from '@treadle/testing';
import { application, Doorman, OrderService, stopWatching } from './doorman';

test('listeners hear sessions, subscriptions, the broker and events of the application', async () => {
  stopWatching(); // its line belongs to the guide, not to the test run
  const client = await connect(application);
  const doorman = application.container.resolve(Doorman);
  const greetings = await client.subscribe('/user/queue/greetings');
  const orders = await client.subscribe('/user/queue/orders');

  await application.container.resolve(OrderService).place(7, client.sessionId ?? '');
  await client.disconnect();
  await application.stop();

  expect(await greetings.next()).toBe('welcome');
  expect(await orders.next()).toEqual({ id: 7 });
  expect(doorman.log).toEqual([
    'the broker is there',
    'somebody came',
    'somebody left: DISCONNECT',
    'the broker has gone',
  ]);
});
