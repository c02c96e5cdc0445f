import * as fc from 'fast-check';
import { MessageChannel } from '../../src/messaging/message-channel.js';
import type { Message } from '../../src/messaging/message.js';
import type { SessionContext } from '../../src/messaging/session-context.js';
import { UserDestinations } from '../../src/user/user-destinations.js';
import { SimpUserRegistry } from '../../src/user/user-registry.js';
import {
  type BrokerUnderTest,
  connect,
  createMessage,
  createSession,
  disconnect,
  publish,
  startBroker,
  subscribe,
  unsubscribe,
} from '../broker/broker-under-test.js';

const ALICE_ID = '5d7e0f0a-6a5d-4c55-9c0e-0d4c9a5f1a01';
const MALLORY_ID = 'c0ffee00-6a5d-4c55-9c0e-0d4c9a5f1a02';

/** Broker, user destinations and user registry on their channels, as an application wires them. */
class House {
  readonly alice = createSession(ALICE_ID, 'alice');
  readonly mallory = createSession(MALLORY_ID, 'mallory');
  readonly broker: BrokerUnderTest = startBroker();
  readonly registry = new SimpUserRegistry();
  readonly inbound = new MessageChannel('clientInboundChannel');
  readonly brokerChannel = new MessageChannel('brokerChannel');

  constructor() {
    const { registry, brokerChannel, broker } = this;
    const destinations = new UserDestinations({
      registry,
      brokerChannel,
      logger: broker.logger,
      prefix: '/user',
      removeLeadingSlash: false,
    });
    this.inbound.subscribe(destinations.fromClients);
    this.inbound.subscribe(broker.broker);
    this.inbound.subscribe(registry);
    brokerChannel.subscribe(destinations.fromApplication);
    brokerChannel.subscribe(broker.broker);
    this.fromClient(connect(this.alice));
    this.fromClient(connect(this.mallory));
  }

  fromClient(message: Message): void {
    void this.inbound.send(message); // everything here is synchronous
  }

  /** A client's attempt that may well be refused. */
  attempt(message: Message): void {
    try {
      this.fromClient(message);
    } catch {
      // refused: as good as ignored
    }
  }

  fromApplication(message: Message): void {
    void this.brokerChannel.send(message); // as above
  }

  receivedBy(session: SessionContext): Message[] {
    return this.broker.deliveries.messages.filter((message) => message.session === session);
  }
}

describe('user destinations and the simple broker together', () => {
  it('a user’s subscription gets what is sent to the user, under the destination the client knows', () => {
    const house = new House();
    house.fromClient(subscribe(house.alice, '1', '/user/queue/errors'));

    house.fromApplication(publish('/user/alice/queue/errors', 'oops'));

    const [message] = house.receivedBy(house.alice);
    expect(house.broker.deliveries.messages).toHaveLength(1);
    expect(message?.subscriptionId).toBe('1');
    expect(message?.userDestination).toBe('/user/queue/errors');
    expect(message?.id).toBeTruthy();
  });

  it('a wildcard in a user’s own destinations works', () => {
    const house = new House();
    house.fromClient(subscribe(house.alice, '1', '/user/queue/*'));
    house.fromClient(subscribe(house.mallory, '1', '/user/queue/*'));

    house.fromApplication(publish('/user/alice/queue/errors'));

    expect(house.broker.deliveries.summary).toEqual([`${ALICE_ID}/1`]);
    expect(house.receivedBy(house.alice)[0]?.userDestination).toBe('/user/queue/errors');
  });

  it('UNSUBSCRIBE by id ends the subscription to a user destination, with and without naming it', () => {
    const house = new House();
    house.fromClient(subscribe(house.alice, '1', '/user/queue/errors'));
    house.fromClient(subscribe(house.alice, '2', '/user/queue/errors'));

    house.fromClient(unsubscribe(house.alice, '1'));
    house.fromClient(unsubscribe(house.alice, '2').with({ destination: '/user/queue/errors' }));
    house.fromApplication(publish('/user/alice/queue/errors'));

    expect(house.broker.deliveries.messages).toEqual([]);
    expect(house.registry.findSubscriptions(() => true)).toEqual([]);
  });

  it('DISCONNECT ends it too', () => {
    const house = new House();
    house.fromClient(subscribe(house.alice, '1', '/user/queue/errors'));

    house.fromClient(disconnect(house.alice));
    house.fromApplication(publish(`/user/alice/queue/errors`));

    expect(house.broker.deliveries.messages).toEqual([]);
  });

  it('an id in use is refused whichever kind of destination has it', () => {
    const house = new House();
    house.fromClient(subscribe(house.alice, '1', '/topic/foo'));

    expect(() => house.fromClient(subscribe(house.alice, '1', '/user/queue/errors'))).toThrow('already');
  });

  it('a user destination that leads to none of the broker’s is refused, not left waiting', () => {
    const house = new House();

    expect(() => house.fromClient(subscribe(house.alice, '1', '/user/events'))).toThrow(
      `/user/events leads to /events-user${ALICE_ID}, which has none of the broker's prefixes`,
    );
    expect(house.registry.findSubscriptions(() => true)).toEqual([]);
  });

  it('a client’s message to a user says nothing of its sender', () => {
    const house = new House();
    house.fromClient(subscribe(house.alice, '1', '/user/queue/dm'));

    house.fromClient(
      createMessage('MESSAGE', {
        session: house.mallory,
        destination: '/user/alice/queue/dm',
        headers: { destination: '/user/alice/queue/dm', login: 'mallory', color: 'red' },
      }),
    );

    const [message] = house.receivedBy(house.alice);
    expect(message?.headers.list).toEqual(['color', 'red']);
    expect(message?.published.session).toBeUndefined();
  });
});

describe('what is meant for one user reaches nobody else (Spring M6)', () => {
  const secrets = [
    '/user/alice/queue/secret',
    '/user/alice/topic/a/b/secret',
    '/user/alice/queue/x.y',
    `/user/${ALICE_ID}/queue/by-id`,
  ];

  it.each([
    `/queue/secret-user${ALICE_ID}`,
    `/queue/secret-user*`,
    `/queue/secret*`,
    '/queue/*',
    '/queue/**',
    '/topic/**',
    '/queue/{any}',
    `/queue/?ecret-user${ALICE_ID}`,
    `/**/*${ALICE_ID}`,
    '/user/alice/queue/secret',
    `/user/${ALICE_ID}/queue/secret`,
    '/user/**',
    '/user/*/queue/secret',
    '/user/queue/secret',
    '/user/queue/*',
    '/user/queue/**',
    '/user/queue/{x',
    '/user/queue/{x}',
    `/user/queue/secret-user${ALICE_ID}`,
    `/user/queue/secret-user${ALICE_ID}/../x`,
    `/user/user/queue/secret`,
    `/user/../queue/secret-user${ALICE_ID}`,
  ])('a subscription of somebody else to %s', (destination) => {
    const house = new House();
    house.attempt(subscribe(house.mallory, '1', destination));

    for (const secret of secrets) house.fromApplication(publish(secret, 'secret'));

    expect(house.receivedBy(house.mallory)).toEqual([]);
  });

  it('a client that publishes straight to a translated destination reaches no user', () => {
    const house = new House();
    house.fromClient(subscribe(house.alice, '1', '/user/queue/secret'));

    house.fromClient(
      createMessage('MESSAGE', { session: house.mallory, destination: `/queue/secret-user${ALICE_ID}` }),
    );
    house.fromApplication(publish(`/queue/secret-user${ALICE_ID}`));

    expect(house.receivedBy(house.alice)).toEqual([]);
  });

  it('a user’s subscription gets no message but those to the user, however alike the destinations are', () => {
    const house = new House();
    house.fromClient(subscribe(house.alice, '1', '/user/queue/**'));
    house.fromClient(subscribe(house.alice, '2', '/user/queue/*'));

    house.fromApplication(publish(`/queue/x-user${ALICE_ID}`));
    house.fromApplication(publish(`/user/mallory/queue/x-user${ALICE_ID}`));

    expect(house.receivedBy(house.alice)).toEqual([]);
  });

  it('any destination at all', () => {
    const part = fc.constantFrom(
      ...[
        '/',
        '/',
        '/user',
        '/queue',
        '/topic',
        '/*',
        '/**',
        '*',
        '?',
        '{',
        '}',
        '{x}',
        ':',
        '(.*)',
        '.',
        '..',
        '-',
        '-user',
      ],
      ...['secret', 'alice', 'mallory', ALICE_ID, MALLORY_ID, '%2F', '\\', '\u0000', 'x'],
    );
    const destination = fc
      .tuple(fc.constantFrom('/user', '/user/queue', '/queue', '/topic', ''), fc.array(part, { maxLength: 8 }))
      .map(([start, parts]) => start + parts.join(''));

    fc.assert(
      fc.property(fc.array(destination, { maxLength: 5 }), (destinations) => {
        const house = new House();
        house.fromClient(subscribe(house.alice, 'own', '/user/queue/secret'));
        for (const [index, each] of destinations.entries()) {
          house.attempt(subscribe(house.mallory, String(index), each));
        }

        for (const secret of secrets) house.fromApplication(publish(secret, 'secret'));

        expect(house.receivedBy(house.mallory)).toEqual([]);
        expect(house.receivedBy(house.alice)).toHaveLength(1);
      }),
      { numRuns: 2000 },
    );
  });
});
