import type { SessionContext } from '../../src/messaging/session-context.js';
import {
  ApplicationEvents,
  SessionConnectedEvent,
  SessionDisconnectEvent,
  SessionSubscribeEvent,
  SessionUnsubscribeEvent,
} from '../../src/session/session-events.js';
import { silentLogger } from '../../src/foundation/logger.js';
import { deferred, SessionFixture, settled } from './session-fixture.js';

const session: SessionContext = {
  id: 's-1',
  user: undefined,
  attributes: new Map(),
  handshake: { url: '/ws', headers: {}, remoteAddress: undefined },
  fail() {},
};

describe('events', () => {
  it('come in the order of what happened', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0UNSUBSCRIBE\nid:1\n\n\0DISCONNECT\n\n\0');
    await settled();

    expect(fixture.events.map((event) => event.constructor)).toEqual([
      SessionConnectedEvent,
      SessionSubscribeEvent,
      SessionUnsubscribeEvent,
      SessionDisconnectEvent,
    ]);
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

  it('reach the listeners of exactly their class, in the order of registration', () => {
    const events = new ApplicationEvents(silentLogger);
    const heard: string[] = [];
    events.on(SessionSubscribeEvent, () => heard.push('first'));
    events.on(SessionUnsubscribeEvent, () => heard.push('of a subclass'));
    events.on(SessionSubscribeEvent, ({ destination }) => heard.push(`second ${destination}`));

    void events.publish(new SessionSubscribeEvent(session, '1', '/topic/a'));

    expect(heard).toEqual(['first', 'second /topic/a']);
  });

  it('do not reach a listener that was taken away', () => {
    const events = new ApplicationEvents(silentLogger);
    const heard: unknown[] = [];
    const off = events.on(SessionConnectedEvent, (event) => heard.push(event));

    off();
    void events.publish(new SessionConnectedEvent(session));

    expect(heard).toEqual([]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('disturb nobody when a listener %s: it is logged', async (_, listener) => {
    const logged: string[] = [];
    const events = new ApplicationEvents({ ...silentLogger, error: (message) => logged.push(message) });
    const heard: unknown[] = [];
    events.on(SessionConnectedEvent, listener);
    events.on(SessionConnectedEvent, (event) => heard.push(event));

    void events.publish(new SessionConnectedEvent(session));
    await settled();

    expect(heard).toHaveLength(1);
    expect(logged).toEqual(['a listener of SessionConnectedEvent failed']);
  });
});
