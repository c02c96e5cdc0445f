import { connect } from '@treadle/testing';
import { application } from './security';

afterAll(() => application.stop());

const ALICE = { headers: { authorization: 'Bearer s3cret' } };

test('a good token makes a user of the session', async () => {
  await using alice = await connect(application, ALICE);

  expect(alice.connectedFrame?.headers['user-name']).toBe('alice');
});

test('without a token nobody connects', async () => {
  await expect(connect(application)).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
});

test.each([
  ['SEND straight to a topic', 'SEND', '/topic/news'],
  ['a subscription with a wildcard', 'SUBSCRIBE', '/topic/**'],
  ["a subscription with RabbitMQ's wildcard", 'SUBSCRIBE', '/topic/#'],
] as const)('%s is refused', async (_what, command, destination) => {
  await using alice = await connect(application, ALICE);

  const refused = alice.request(command, { destination, ...(command === 'SUBSCRIBE' && { id: '1' }) });

  await expect(refused).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
});
