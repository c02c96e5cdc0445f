import { connect } from '@treadle/testing';
import { application, Moderation } from './moderation';

const moderation = (): Moderation => application.container.resolve(Moderation);

afterAll(() => application.stop());

test('a room that is closed tells its guests, who stay connected', async () => {
  await using alice = await connect(application, { login: 'alice' });
  const errors = await alice.subscribe('/user/queue/errors');
  await alice.subscribe('/topic/rooms/tea', { id: '7' });

  moderation().closeRoom('tea');

  expect(await errors.next()).toMatchObject({
    code: 'UNSUBSCRIBED_BY_SERVER',
    destination: '/topic/rooms/tea',
    subscription: '7',
  });
});

test('a user is kicked out of one room, and listed', async () => {
  await using alice = await connect(application, { login: 'alice', handshake: { remoteAddress: '192.0.2.7' } });
  const errors = await alice.subscribe('/user/queue/errors');
  await alice.subscribe('/topic/rooms/tea');

  moderation().kick('alice', 'tea');
  await errors.next();

  expect(moderation().list()).toEqual([expect.stringMatching(/^alice by memory from 192\.0\.2\.7 since 2/)]);
});

test('a banned user reads so and is gone', async () => {
  const mallory = await connect(application, { login: 'mallory' });

  expect(await moderation().ban('mallory')).toBe(1);

  await mallory.closed;
  expect(mallory.errorFrame?.headers).toMatchObject({ code: 'BANNED', message: 'You were banned.' });
});
