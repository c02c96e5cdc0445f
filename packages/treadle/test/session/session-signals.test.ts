import { connect, type TestClient } from '@treadle/testing';
import {
  type Application,
  type CallAbortedError,
  createApplication,
  type Message,
  type SessionContext,
  silentLogger,
} from '../../src/index';

/** A connected session with one subscription, `1`, and the server's view of it. */
async function setUp(): Promise<{ application: Application; client: TestClient; session: SessionContext }> {
  let session: SessionContext | undefined;
  const application = createApplication({
    logger: silentLogger,
    interceptors: { clientInbound: [{ preSend: (message: Message) => ((session = message.session), message) }] },
  });
  const client = await connect(application);
  await client.subscribe('/topic/a', { id: '1' });
  if (!session) throw new Error('the interceptor saw no session');
  return { application, client, session };
}

function codeOf(signal: AbortSignal): string | undefined {
  return (signal.reason as CallAbortedError | undefined)?.code;
}

describe('the signals of a session', () => {
  test.each([
    ['the client says DISCONNECT', ({ client }: { client: TestClient }) => client.disconnect()],
    [
      'the client is gone',
      async ({ client }: { client: TestClient }) => {
        client.drop();
        await client.closed;
      },
    ],
    [
      'the application fails it',
      async ({ client, session }: { client: TestClient; session: SessionContext }) => {
        session.fail('ACCESS_DENIED', 'tested');
        await client.closed;
      },
    ],
    [
      'its client breaks the protocol',
      async ({ client }: { client: TestClient }) => {
        client.sendOctets('NONSENSE\n\n\0');
        await client.closed;
      },
    ],
    ['the application stops', ({ application }: { application: Application }) => application.stop()],
  ])('abort, each subscription with its session, when %s', async (_case, end) => {
    const given = await setUp();
    const { signal } = given.session;
    const ofSubscription = given.session.subscriptionSignal('1');

    await end(given);

    expect([codeOf(signal), codeOf(ofSubscription)]).toEqual(['SESSION_ENDED', 'SESSION_ENDED']);
    await given.application.stop();
  });

  test('are the same objects however often they are asked for', async () => {
    const { application, session } = await setUp();

    expect(session.signal).toBe(session.signal);
    expect(session.subscriptionSignal('1')).toBe(session.subscriptionSignal('1'));
    await application.stop();
  });

  test('are aborted already when the session or the subscription has gone before they are asked for', async () => {
    const { application, client, session } = await setUp();

    const unknown = session.subscriptionSignal('2');
    await client.disconnect();

    expect([codeOf(unknown), codeOf(session.signal), codeOf(session.subscriptionSignal('1'))]).toEqual([
      'SUBSCRIPTION_ENDED',
      'SESSION_ENDED',
      'SESSION_ENDED',
    ]);
    await application.stop();
  });

  test('an UNSUBSCRIBE aborts its subscription alone, and the id begins anew', async () => {
    const { application, client, session } = await setUp();
    await client.subscribe('/topic/b', { id: '2' });
    const [first, second] = ['1', '2'].map((id) => session.subscriptionSignal(id));

    await client.request('UNSUBSCRIBE', { id: '1' });
    await client.subscribe('/topic/a', { id: '1' });

    expect([first, second, session.signal, session.subscriptionSignal('1')].map((signal) => signal?.aborted)).toEqual([
      true,
      false,
      false,
      false,
    ]);
    await application.stop();
  });

  test('many listeners are no leak to be warned about', async () => {
    const { application, session } = await setUp();
    const warnings: Error[] = [];
    const onWarning = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', onWarning);

    for (let count = 0; count < 20; count += 1) session.signal.addEventListener('abort', () => undefined);
    await application.stop();

    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});
