import 'reflect-metadata';
import { connect, FakeClock, StompServerError } from '@treadle/testing';
import { createApplication, silentLogger } from 'treadle';
import { application } from '../errors/errors';

afterAll(() => application.stop());

test('an order beyond the stock is refused to the one who ordered', async () => {
  await using alice = await connect(application);
  const refusals = await alice.subscribe('/user/queue/refusals');

  await alice.send('/app/orders', { cups: 7 });

  expect(await refusals.next()).toEqual({ reason: 'five cups are left' });
  await refusals.expectNothing();
});

test('an order that breaks the rules is answered with ERROR', async () => {
  await using alice = await connect(application);

  const error = await alice.send('/app/orders', { cups: 70 }).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(StompServerError);
  expect(error).toMatchObject({ code: 'PAYLOAD_INVALID' });
});

test('a client that falls silent is given up', async () => {
  const clock = new FakeClock();
  await using quiet = createApplication({ clock, logger: silentLogger });
  const client = await connect(quiet, { heartBeat: '1000,1000' });

  await clock.advance(30_000);

  expect((await client.nextError()).headers['code']).toBe('HEART_BEAT_LOST');
});
