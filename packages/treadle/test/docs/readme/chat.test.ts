import { connect } from '@treadle/testing';
import { application } from './chat';
import { PriceFeed } from './price-feed';

afterAll(() => application.stop());

test('what one says in a room reaches everybody there', async () => {
  const alice = await connect(application);
  const inbox = await alice.subscribe('/topic/chat/tea'); // resolves when the subscription is live

  await alice.send('/app/chat/tea', { from: 'alice', text: 'hi' });

  expect(await inbox.next()).toMatchObject({ text: 'hi', room: 'tea' });
});

test('a price goes to those who watch it', async () => {
  const bob = await connect(application);
  const inbox = await bob.subscribe('/topic/prices/TEA');

  await application.container.resolve(PriceFeed).publish('TEA', 4.2);

  expect(await inbox.next()).toEqual({ symbol: 'TEA', price: 4.2 });
});
