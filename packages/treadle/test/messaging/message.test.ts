import { Message, NO_PAYLOAD } from '../../src/messaging/message';
import { NativeHeaders } from '../../src/messaging/native-headers';
import type { SessionContext } from '../../src/messaging/session-context';
import { NO_CONTROL } from '../no-control';

const session: SessionContext = {
  ...NO_CONTROL,
  id: 's1',
  user: { name: 'alice' },
  attributes: new Map(),
  handshake: { url: '/ws', headers: {}, remoteAddress: undefined },
  onEnd: () => () => undefined,
  signal: new AbortController().signal,
  subscriptionSignal: () => new AbortController().signal,
  isReachable: true,
  whenWritable: () => undefined,
  fail() {},
};

const message = new Message({
  type: 'MESSAGE',
  payload: Buffer.from('x'),
  destination: '/topic/a',
  headers: NativeHeaders.of({ 'content-type': 'text/plain' }),
  session,
  subscriptionId: 'sub-0',
  id: 'm1',
  userDestination: '/user/queue/a',
});

describe('Message', () => {
  test('knows the user and the id of its session and its content type', () => {
    expect([message.user?.name, message.sessionId, message.contentType]).toEqual(['alice', 's1', 'text/plain']);
  });

  test('has no headers, session or destination unless it is given them', () => {
    const bare = new Message({ type: 'CONNECT', payload: NO_PAYLOAD });

    expect(bare.headers).toBe(NativeHeaders.EMPTY);
    expect([bare.user, bare.sessionId, bare.destination, bare.contentType]).toEqual(Array(4).fill(undefined));
  });

  test('a copy differs in what was changed and leaves the original alone', () => {
    const copy = message.with({ destination: '/topic/b' });

    expect(copy).toMatchObject({ destination: '/topic/b', subscriptionId: 'sub-0', id: 'm1', session });
    expect(copy.userDestination).toBe('/user/queue/a');
    expect(message.destination).toBe('/topic/a');
  });

  test('a copy loses what is changed to undefined', () => {
    const copy = message.with({ session: undefined, id: undefined, headers: undefined });

    expect([copy.session, copy.id, copy.headers.list]).toEqual([undefined, undefined, []]);
  });

  test('a copy may have a payload of another type', () => {
    const copy = message.with({ payload: { a: 1 } });

    expect(copy.payload.a).toBe(1);
  });

  test('a copy is published anew', () => {
    const copy = message.with({ id: 'm2' });

    expect(copy.published).toBe(copy);
  });

  test('a delivery goes to its subscription and knows what it delivers', () => {
    const receiver = { ...session, id: 's2' };

    const delivery = message.deliveredTo(receiver, 'sub-7');

    expect(delivery).toMatchObject({ session: receiver, subscriptionId: 'sub-7', id: 'm1', destination: '/topic/a' });
    expect(delivery.published).toBe(message);
    expect(delivery.payload).toBe(message.payload);
  });
});
