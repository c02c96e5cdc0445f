import { connect, StompServerError } from '@treadle/testing';
import { application, failures } from './errors';

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
