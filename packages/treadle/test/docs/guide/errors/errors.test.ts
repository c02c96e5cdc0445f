import { connect, StompServerError } from '@treadle/testing';
import { createApplication, silentLogger } from 'treadle';
import { application, failures } from './errors';
import { rateLimit } from './rate-limit';

beforeEach(() => {
  // The example logs to the console, as applications do.
  for (const level of ['warn', 'error', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => {});
});

afterAll(() => application.stop());

const ID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;

test('an exception handler answers what it is there for', async () => {
  await using client = await connect(application);
  const refusals = await client.subscribe('/user/queue/refusals');

  await client.send('/app/orders', { cups: 7 });

  expect(await refusals.next()).toEqual({ reason: 'five cups are left' });
});

test('what nobody handles is told to the session, and counted by whoever listens', async () => {
  await using client = await connect(application);
  const errors = await client.subscribe('/user/queue/errors');

  client.sendWithoutReceipt('/app/orders', { cups: 70 });

  expect(await errors.next()).toEqual({
    code: 'PAYLOAD_INVALID',
    message: 'The payload breaks the rules of this destination.',
    correlationId: ID,
    destination: '/app/orders',
    issues: [{ path: ['cups'], message: 'cups must not be greater than 10', rule: 'max' }],
  });
  expect(failures.at(-1)).toMatch(/^PAYLOAD_INVALID OrderController.order /);
});

test('with a receipt the failure is an ERROR frame and the session ends', async () => {
  await using client = await connect(application);

  await expect(client.send('/app/orders', { cups: 70 })).rejects.toThrow(StompServerError);

  expect(client.errorFrame?.headers).toMatchObject({ code: 'PAYLOAD_INVALID', 'correlation-id': ID });
  expect(await client.closed).toEqual({ code: 1002, reason: 'PAYLOAD_INVALID' });
});

test('an unknown destination is a failed message too', async () => {
  await using client = await connect(application);
  const errors = await client.subscribe('/user/queue/errors');

  client.sendWithoutReceipt('/app/nowhere');

  expect(await errors.next()).toMatchObject({ code: 'DESTINATION_UNKNOWN', destination: '/app/nowhere' });
});

test('an ApplicationError is told with its code, its sentence and its details', async () => {
  await using client = await connect(application);
  const errors = await client.subscribe('/user/queue/errors');

  client.sendWithoutReceipt('/app/rooms');

  expect(await errors.next()).toMatchObject({ code: 'ROOM_FULL', message: 'The room is full.', details: { seats: 0 } });
});

test('with a receipt an ApplicationError is an ERROR frame with its code and its sentence', async () => {
  await using client = await connect(application);

  await expect(client.send('/app/rooms')).rejects.toThrow(StompServerError);

  expect(client.errorFrame?.headers).toMatchObject({ code: 'ROOM_FULL', message: 'The room is full.' });
  expect(await client.closed).toEqual({ code: 1002, reason: 'ROOM_FULL' });
});

test('an advice answers for every controller, and knows which handler failed', async () => {
  await using client = await connect(application);
  const refusals = await client.subscribe('/user/queue/refusals');

  await client.send('/app/rooms/list');

  expect(await refusals.next()).toEqual({ reason: 'Please try again in a minute.' });
  expect(console.error).toHaveBeenCalledWith('RoomController.list has no database', expect.any(Error));
});

test('an interceptor may refuse one message and leave the session', async () => {
  await using limited = createApplication({ interceptors: { clientInbound: [rateLimit] }, logger: silentLogger });
  await using client = await connect(limited);
  const errors = await client.subscribe('/user/queue/errors');
  const inbox = await client.subscribe('/topic/a');

  client.sendWithoutReceipt('/topic/a', 'first');
  client.sendWithoutReceipt('/topic/a', 'second');

  expect(await inbox.next()).toBe('first');
  expect(await errors.next()).toEqual({
    code: 'TOO_FAST',
    message: 'Please wait a second.',
    correlationId: ID,
    destination: '/topic/a',
  });
  await expect(client.send('/topic/a', 'third')).rejects.toThrow('TOO_FAST');
});
