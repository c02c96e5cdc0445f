import { connect } from '@treadle/testing';
import { application, recorded } from './interceptors';

beforeEach(() => {
  recorded.length = 0;
  // The example logs to the console, as applications do.
  for (const level of ['warn', 'error', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => {});
});

afterAll(() => application.stop());

test('a guard lets through who has the role of the controller', async () => {
  await using paul = await connect(application, { login: 'paul' });
  const moves = await paul.subscribe('/topic/match/7/move');

  await paul.send('/app/match/7/move', { field: 3 });

  expect(await moves.next()).toEqual({ id: '7', field: 3 });
  expect(recorded).toEqual(['MatchController.move by paul: done']);
});

test('the role of a method replaces that of its controller', async () => {
  await using rita = await connect(application, { login: 'rita' });
  await using paul = await connect(application, { login: 'paul' });
  const ends = await rita.subscribe('/topic/match/7/end');
  const errors = await paul.subscribe('/user/queue/errors');

  paul.sendWithoutReceipt('/app/match/7/end');
  expect(await errors.next()).toMatchObject({ code: 'ACCESS_DENIED', message: 'Access is denied.' });
  await rita.send('/app/match/7/end');

  expect(await ends.next()).toEqual({ id: '7', hasEnded: true });
  expect(recorded).toEqual([
    'MatchController.end by paul: RolesGuard refused a message to MatchController.end',
    'MatchController.end by rita: done',
  ]);
});

test('who is refused has no payload looked at', async () => {
  await using guest = await connect(application);

  await expect(guest.send('/app/match/7/move', 'no JSON at all')).rejects.toThrow('ACCESS_DENIED');
});

test('an interceptor of the broker channel adds a header to what the application publishes', async () => {
  await using paul = await connect(application, { login: 'paul' });
  const inbox = await paul.subscribe('/topic/news');

  await paul.send('/topic/news', 'straight from a client');
  await application.template.convertAndSend('/topic/news', 'from the application');
  await inbox.next();
  await inbox.next();

  const frames = paul.frames.filter(({ command }) => command === 'MESSAGE');
  expect(frames.map(({ headers }) => typeof headers['sent-at'])).toEqual(['undefined', 'string']);
});
