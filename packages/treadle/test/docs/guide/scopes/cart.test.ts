import { connect } from '@treadle/testing';
import { application } from './cart';

afterAll(() => application.stop());

test('every session has its cart, and services of which there is one know whose message they work for', async () => {
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined); // the line of the guide
  await using alice = await connect(application);
  await using bob = await connect(application);
  const alices = await alice.subscribe('/user/queue/cart');
  const bobs = await bob.subscribe('/user/queue/cart');
  const reports = await alice.subscribe('/user/queue/report');

  await alice.send('/app/cart/add', 'tea');
  await alice.send('/app/cart/add', 'milk');
  await bob.send('/app/cart/add', 'coffee');
  await alice.send('/app/report');

  expect([await alices.next(), await alices.next(), await bobs.next()]).toEqual([['tea'], ['tea', 'milk'], ['coffee']]);
  expect(await reports.next()).toEqual(['result of select 1', '4', 'somebody reported by /app/report']);
  expect(log).toHaveBeenCalledTimes(2);
  log.mockRestore();
});
