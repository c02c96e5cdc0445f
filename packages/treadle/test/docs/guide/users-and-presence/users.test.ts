import { connect } from '@treadle/testing';
import { application, Moderation } from './users';

afterAll(() => application.stop());

test('presence names users as user destinations do, and rooms have theirs', async () => {
  await using alice = await connect(application, { login: 'alice' });
  await using bob = await connect(application, { login: 'bob' });
  const people = await bob.subscribe('/topic/presence');
  const guests = await bob.subscribe('/topic/presence/topic/rooms/tea');

  await alice.subscribe('/topic/rooms/tea');

  expect(await people.next()).toMatchObject({ type: 'present', users: ['17', 'bob'] });
  expect(await (await bob.subscribe('/app/people')).next()).toEqual(['17', 'bob']);
  expect(await guests.next()).toMatchObject({ type: 'present', users: [] });
  expect(await guests.next()).toMatchObject({ type: 'joined', user: '17' });
  expect(application.container.resolve(Moderation).watchersOf('tea')).toEqual(['17']);
});

test('a banned user is gone', async () => {
  const mallory = await connect(application, { login: 'mallory' });

  const ended = await application.container.resolve(Moderation).ban('mallory');
  await mallory.closed;

  expect(ended).toBe(1);
  expect(mallory.errorFrame?.headers['code']).toBe('DISCONNECTED_BY_SERVER');
});
