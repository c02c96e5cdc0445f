import { connect } from '@treadle/testing';
import { application, everyForm, OrderService } from './orders';

afterAll(() => application.stop());

test('a shipped order is published, and mailed to who is not connected', async () => {
  await using client = await connect(application);
  const orders = await client.subscribe('/topic/orders');
  const service = application.container.resolve(OrderService);

  const isMailed = await service.ship({ id: 1, customer: 'alice' });

  expect(isMailed).toBe(true);
  expect(await orders.next()).toEqual({ id: 1, customer: 'alice' });
});

test('every form publishes', async () => {
  await using client = await connect(application);
  const orders = await client.subscribe('/topic/orders');

  await everyForm(application.template, { id: 2, customer: 'bob' });
  const messages = await Promise.all([1, 2, 3, 4, 5].map(() => orders.nextMessage()));

  expect(messages.map(({ headers }) => headers['priority'])).toEqual([undefined, '4', undefined, '4', '4']);
  expect(messages.map(({ headers }) => headers['expires'] !== undefined)).toEqual([false, false, true, true, true]);
});
