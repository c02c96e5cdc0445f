import {
  SessionConnectedEvent,
  SessionConnectEvent,
  SessionDisconnectEvent,
  type SessionEvent,
  SessionSubscribeEvent,
  SessionUnsubscribeEvent,
  SubscriptionActiveEvent,
} from '../../src/events/session-events.js';
import { MessageRejectedError } from '../../src/foundation/errors.js';
import { deferred, SessionFixture, settled } from '../session/session-fixture.js';

/** The names of the events so far. */
function namesOf(events: readonly SessionEvent[]): string[] {
  return events.map((event) => event.constructor.name);
}

describe('the events of a session (Spring Q1 to Q4)', () => {
  it('come in the order of what happened', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0UNSUBSCRIBE\nid:1\n\n\0DISCONNECT\n\n\0');
    await settled();

    expect(fixture.allEvents.map((event) => event.constructor)).toEqual([
      SessionConnectEvent,
      SessionConnectedEvent,
      SessionSubscribeEvent,
      SubscriptionActiveEvent,
      SessionUnsubscribeEvent,
      SessionDisconnectEvent,
    ]);
  });

  it('carry session and user', async () => {
    const fixture = new SessionFixture({
      interceptors: [
        {
          preSend(message) {
            if (message.type === 'CONNECT' && message.session) message.session.user = { name: 'alice' };
            return message;
          },
        },
      ],
    });
    const client = await fixture.connect();

    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');
    await settled();

    expect(fixture.allEvents).toHaveLength(4);
    expect(fixture.allEvents.map(({ session, user }) => [session.id, user?.name])).toEqual(
      fixture.allEvents.map(() => [fixture.sessionOf(client).id, 'alice']),
    );
  });

  it('of CONNECT hold its headers without the passcode', async () => {
    const fixture = new SessionFixture();

    await fixture.connect('accept-version:1.2\nlogin:alice\npasscode:secret\nshop:7');

    const [event] = fixture.allEvents;
    expect(event).toBeInstanceOf(SessionConnectEvent);
    expect((event as SessionConnectEvent).headers.toObject()).toEqual({
      'accept-version': '1.2',
      login: 'alice',
      shop: '7',
      host: 'test',
    }); // an instance, as asserted
  });

  it('of what interceptors refuse are none', async () => {
    const fixture = new SessionFixture({
      interceptors: [
        {
          preSend(message) {
            if (message.type === 'SUBSCRIBE') throw new MessageRejectedError('no', { code: 'ACCESS_DENIED' });
            return message;
          },
        },
      ],
    });
    const client = await fixture.connect();

    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');
    await settled();

    expect(namesOf(fixture.allEvents)).toEqual([
      'SessionConnectEvent',
      'SessionConnectedEvent',
      'SessionDisconnectEvent',
    ]);
  });

  it('tell a subscription before it is made and again when it is live', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    const handling = deferred();
    fixture.onMessage = () => handling.promise;

    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');
    await settled();
    const before = namesOf(fixture.allEvents).slice(2);
    handling.resolve();
    await settled();

    expect(before).toEqual(['SessionSubscribeEvent']);
    expect(namesOf(fixture.allEvents).slice(2)).toEqual(['SessionSubscribeEvent', 'SubscriptionActiveEvent']);
  });

  it('tell no more of a subscription that could not be made', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = ({ type }) => {
      if (type === 'SUBSCRIBE') throw new MessageRejectedError('no');
    };

    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');
    await settled();

    expect(namesOf(fixture.allEvents).slice(2)).toEqual(['SessionSubscribeEvent', 'SessionDisconnectEvent']);
  });

  it('of a session that was refused end with SessionConnectEvent', async () => {
    const fixture = new SessionFixture();
    fixture.onMessage = ({ type }) => {
      if (type === 'CONNECT') throw new MessageRejectedError('no');
    };

    await fixture.connect();

    expect(namesOf(fixture.allEvents)).toEqual(['SessionConnectEvent']);
  });

  it.each([
    ['DISCONNECT', { code: 1000, reason: 'DISCONNECT' }],
    ['SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0SUBSCRIBE\nid:1\ndestination:/topic/a', { code: 1002, reason: 'SUBSCRIPTION_ID_IN_USE' }], // prettier-ignore
  ])('tell of the end once, with its reason: %j', async (frames, expected) => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type(`${frames}\n\n\0`);
    await settled();
    await fixture.registry.stop(Promise.resolve());

    const ends = fixture.allEvents.filter((event) => event instanceof SessionDisconnectEvent);
    expect(ends).toHaveLength(1);
    expect(ends[0]).toMatchObject(expected);
  });

  it.each(['SUBSCRIBE', 'UNSUBSCRIBE'])(
    'of a subscription do not follow the end of its session (%s)',
    async (command) => {
      const fixture = new SessionFixture();
      const client = await fixture.connect();
      if (command === 'UNSUBSCRIBE') client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');
      fixture.onMessage = ({ type }) => (type === command ? handling.promise : undefined);
      const handling = deferred();
      client.type(`${command}\nid:1\ndestination:/topic/a\n\n\0`);

      await fixture.registry.stop(Promise.resolve());
      handling.resolve();
      await settled();

      expect(fixture.events.at(-1)).toBeInstanceOf(SessionDisconnectEvent);
    },
  );

  it('do not disturb the session when a listener fails (StompSubProtocolHandler)', async () => {
    const fixture = new SessionFixture();
    for (const type of [SessionConnectEvent, SessionConnectedEvent, SessionSubscribeEvent, SubscriptionActiveEvent]) {
      fixture.applicationEvents.on<SessionEvent>(type, () => {
        throw new Error('no');
      });
    }
    const client = await fixture.connect();

    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\nreceipt:r\n\n\0DISCONNECT\nreceipt:d\n\n\0');
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT r', 'RECEIPT d']);
    expect(fixture.handled).toEqual(['CONNECT', 'SUBSCRIBE /topic/a', 'DISCONNECT']);
  });
});
