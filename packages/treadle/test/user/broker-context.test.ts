import 'reflect-metadata';
import { connect } from '@treadle/testing';
import {
  type ApplicationOptions,
  type BrokerContext,
  createApplication,
  type SessionContext,
  SessionConnectedEvent,
  silentLogger,
  simpleBroker,
} from '../../src/index';

/** An application, and what its broker was given. */
function create(options: ApplicationOptions = {}) {
  let given: BrokerContext | undefined;
  const application = createApplication({
    logger: silentLogger,
    broker: (context) => {
      given = context;
      return simpleBroker()(context);
    },
    ...options,
  });
  if (!given) throw new Error('no broker was made');
  return { application, context: given };
}

describe('what a broker is told of destinations that concern this server alone', () => {
  test.each([
    ['/topic/presence', true],
    ['/topic/presence/topic/rooms/tea', true],
    ['/topic/presence.topic.rooms.tea', true],
    ['/topic/presences', false],
    ['/topic/rooms/tea', false],
  ])('%s is one when presence is told there: %s', (destination, isLocal) => {
    expect(create({ presence: true }).context.isLocal(destination)).toBe(isLocal);
    expect(create({ presence: {} }).context.isLocal(destination)).toBe(isLocal);
    expect(create({ presence: { destination: '/topic/people' } }).context.isLocal(destination)).toBe(false);
    expect(create({ presence: false }).context.isLocal(destination)).toBe(false);
    expect(create().context.isLocal(destination)).toBe(false);
  });
});

describe('what a broker tells a session', () => {
  test('is an error notice at its error destination, with the sentence of the code and nothing of the detail', async () => {
    const { application, context } = create();
    await using _ = application;
    const sessions: SessionContext[] = [];
    application.events.on(SessionConnectedEvent, ({ session }) => void sessions.push(session), { name: 'test' });
    const client = await connect(application);
    const other = await connect(application);
    const errors = await client.subscribe('/user/queue/errors');
    const others = await other.subscribe('/user/queue/errors');

    for (const session of sessions.slice(0, 1)) context.tell(session, 'BROKER_UNAVAILABLE', 'rabbit-1 said goodbye');

    expect(await errors.next()).toEqual({
      code: 'BROKER_UNAVAILABLE',
      message: 'The broker is not available; try again later.',
      correlationId: expect.stringMatching(/^[\da-f-]{36}$/) as unknown,
    });
    await others.expectNothing();
  });

  test('never fails, for a session that is over as little as for one that does not listen', async () => {
    const { application, context } = create();
    const sessions: SessionContext[] = [];
    application.events.on(SessionConnectedEvent, ({ session }) => void sessions.push(session), { name: 'test' });
    const client = await connect(application);

    for (const session of sessions) context.tell(session, 'SUBSCRIPTIONS_RESTORED', 'x');
    await client.disconnect();
    for (const session of sessions) context.tell(session, 'SUBSCRIPTIONS_RESTORED', 'x');
    await application.stop();
    for (const session of sessions) context.tell(session, 'SUBSCRIPTIONS_RESTORED', 'x');

    expect(sessions).toHaveLength(1);
  });
});
