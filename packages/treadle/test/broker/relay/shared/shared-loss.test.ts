import type { Message } from '../../../../src/messaging/message.js';
import type { SessionContext } from '../../../../src/messaging/session-context.js';
import type { HeaderRecord } from '../../../../src/messaging/native-headers.js';
import { createMessage } from '../../broker-under-test.js';
import { SharedUnderTest, TIMES } from './shared-under-test.js';

/** Of a SEND frame outside transactions. */
const TURN = { letGo: () => undefined };

describe('A shared connection that is lost, where sessions stay', () => {
  it('they are told, their subscriptions return, and they are told that too', async () => {
    await using shared = await SharedUnderTest.connected({ onBrokerLoss: 'hold' });
    const { client, session } = shared.client('alice');
    shared.client('idle');
    await client.subscribe(shared.request(session, '1', '/topic/tea'));
    await client.subscribe(shared.request(session, '2', '/topic/milk'));

    (await shared.listening).cut();
    await shared.whenDown();
    expect(shared.told).toEqual(['alice BROKER_UNAVAILABLE']);
    await shared.reconnected();
    shared.broker.publish('/topic/tea', 'hello');

    expect(await shared.delivered(1)).toEqual(['alice/1 hello']);
    expect(shared.told).toEqual(['alice BROKER_UNAVAILABLE', 'alice SUBSCRIPTIONS_RESTORED']);
  });

  it('a session with subscriptions on several connections is told once of all of them', async () => {
    await using shared = await SharedUnderTest.connected({ onBrokerLoss: 'hold', sharedConnections: 3 });
    const { client, session } = shared.client('alice');
    for (let index = 0; index < 12; index += 1) {
      await client.subscribe(shared.request(session, `${index}`, `/topic/${index}`));
    }
    const listening = shared.broker.conversations.slice(0, 3);
    expect(listening.every(({ subscriptions }) => subscriptions.size > 0)).toBe(true);

    for (const conversation of shared.broker.conversations) conversation.cut();
    await shared.whenDown(6);
    await shared.reconnected();

    expect(shared.told).toEqual(['alice BROKER_UNAVAILABLE', 'alice SUBSCRIPTIONS_RESTORED']);
  });

  it('a subscription that is made meanwhile is live when the broker is back', async () => {
    await using shared = await SharedUnderTest.connected({ onBrokerLoss: 'hold' });
    const [alice, bob] = [shared.client('alice'), shared.client('bob')];
    await alice.client.subscribe(shared.request(alice.session, '1', '/topic/tea'));
    (await shared.listening).cut();
    await shared.whenDown();

    const joined = bob.client.subscribe(shared.request(bob.session, '1', '/topic/tea'));
    const created = bob.client.subscribe(shared.request(bob.session, '2', '/topic/milk'));
    await shared.reconnected();
    await Promise.all([joined, created]);
    shared.broker.publish('/topic/tea', 'tea');
    shared.broker.publish('/topic/milk', 'milk');

    expect(await shared.delivered(3)).toEqual(['alice/1 tea', 'bob/1 tea', 'bob/2 milk']);
  });

  it('one that is not live in time is refused alone, and gets nothing later', async () => {
    await using shared = await SharedUnderTest.connected({ onBrokerLoss: 'hold' });
    const [alice, bob] = [shared.client('alice'), shared.client('bob')];
    await alice.client.subscribe(shared.request(alice.session, '1', '/topic/tea'));
    await shared.broker.stop();
    await shared.whenDown(2);

    const refusal = { code: 'BROKER_UNAVAILABLE', endsSession: false };
    const refused = [
      expect(bob.client.subscribe(shared.request(bob.session, '1', '/topic/tea'))).rejects.toMatchObject(refusal),
      expect(bob.client.subscribe(shared.request(bob.session, '2', '/topic/milk'))).rejects.toMatchObject(refusal),
    ];
    await shared.clock.advance(TIMES.holdTimeMs);
    await Promise.all(refused);
    await shared.broker.start();
    await shared.reconnected();
    shared.broker.publish('/topic/milk', 'milk');
    shared.broker.publish('/topic/tea', 'tea');

    expect(await shared.delivered(1)).toEqual(['alice/1 tea']);
    expect(shared.told).not.toContain('bob failed BROKER_UNAVAILABLE');
  });

  it('what is sent meanwhile arrives when the broker is back', async () => {
    await using shared = await SharedUnderTest.connected({ onBrokerLoss: 'hold' });
    const { client, session } = shared.client('alice');
    (await shared.publishing).cut();
    await shared.whenDown();

    const sent = client.publish(send(session, 'late', { receipt: 'r' }), '/topic/tea');
    await shared.reconnected();
    await sent;

    expect(shared.frames('SEND')).toEqual(['SEND /topic/tea']);
  });

  it('what was unanswered is never sent again: who asked for a receipt learns it, and the others are told', async () => {
    await using shared = await SharedUnderTest.connected({ onBrokerLoss: 'hold' });
    const [alice, bob] = [shared.client('alice'), shared.client('bob')];
    const held = shared.broker.hold('SEND');
    await alice.client.publish(send(alice.session, 'one'), '/topic/tea');
    await alice.client.publish(send(alice.session, 'two'), '/topic/tea');
    const asked = Promise.resolve(bob.client.publish(send(bob.session, 'three', { receipt: 'r' }), '/topic/tea'));
    await shared.broker.until(() => held.frames.length === 3);

    (await shared.publishing).cut();
    await expect(asked).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', endsSession: false });
    await shared.whenDown();
    await shared.reconnected();
    await shared.until(() => shared.told.length > 0, 'notice');

    expect(shared.told).toEqual(['alice OUTCOME_UNKNOWN']);
    expect(shared.frames('SEND')).toHaveLength(3);
    expect(alice.client.whenConfirmed()).toBeUndefined();
  });
});

describe('A shared connection that is lost, where sessions end with it', () => {
  it('those who listened end, and those who had nothing on it stay', async () => {
    await using shared = await SharedUnderTest.connected();
    const [alice, bob] = [shared.client('alice'), shared.client('bob')];
    await alice.client.subscribe(shared.request(alice.session, '1', '/topic/tea'));
    await alice.client.subscribe(shared.request(alice.session, '2', '/topic/milk'));

    (await shared.listening).cut();
    await shared.whenDown();
    await shared.until(() => shared.told.length > 0, 'end');
    await alice.client.disconnect();
    await shared.reconnected();
    await bob.client.subscribe(shared.request(bob.session, '1', '/topic/tea'));
    shared.broker.publish('/topic/tea', 'hello');

    expect(await shared.delivered(1)).toEqual(['bob/1 hello']);
    expect(shared.told).toEqual(['alice failed BROKER_UNAVAILABLE']);
  });

  it('those end whose messages were unanswered', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    const held = shared.broker.hold('SEND');
    await client.publish(send(session, 'one'), '/topic/tea');
    await shared.broker.until(() => held.frames.length === 1);

    (await shared.publishing).cut();
    await shared.until(() => shared.told.length > 0, 'end');

    expect(shared.told).toEqual(['alice failed BROKER_UNAVAILABLE']);
  });

  it('what comes while this connection is away, and the broker is not, waits for it', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    (await shared.listening).cut();
    (await shared.publishing).cut();
    await shared.whenDown(2);

    const subscribed = client.subscribe(shared.request(session, '1', '/topic/tea'));
    const sent = client.publish(send(session, 'hello', { receipt: 'r' }), '/topic/milk');
    await shared.reconnected();

    await Promise.all([subscribed, sent]);
    expect(shared.told).toEqual([]);
  });

  it('when that takes longer than holdTimeMs the session ends', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    await shared.broker.stop();
    await shared.whenDown(2);

    const refusal = { code: 'BROKER_UNAVAILABLE' };
    const refused = [
      expect(client.subscribe(shared.request(session, '1', '/topic/tea'))).rejects.toMatchObject(refusal),
      expect(client.publish(send(session, 'hello'), '/topic/milk')).rejects.toMatchObject(refusal),
    ];
    await shared.clock.advance(TIMES.holdTimeMs);

    await Promise.all(refused);
    expect(new Set(shared.told)).toEqual(new Set(['alice failed BROKER_UNAVAILABLE']));
  });

  it('a SUBSCRIBE that was unanswered is made on the next connection', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    const held = shared.broker.hold('SUBSCRIBE');
    const waiting = client.subscribe(shared.request(session, '1', '/topic/tea'));
    await shared.broker.until(() => held.frames.length === 1);
    shared.broker.standard('SUBSCRIBE');

    (await shared.listening).cut();
    await shared.whenDown();
    await shared.reconnected();
    await waiting;
    shared.broker.publish('/topic/tea', 'hello');

    expect(await shared.delivered(1)).toEqual(['alice/1 hello']);
    expect(shared.told).toEqual([]);
  });

  it('two seconds later, while there is no broker, whatever comes ends its session at once', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    await shared.broker.stop();
    await shared.whenDown(2);
    shared.isBrokerAway = true;
    await shared.clock.advance(2001);

    const refusal = { code: 'BROKER_UNAVAILABLE', endsSession: true };
    expect(() => client.publish(send(session, 'x'), '/topic/tea')).toThrow(expect.objectContaining(refusal));
    expect(() => client.subscribe(shared.request(session, '1', '/topic/tea'))).toThrow(
      expect.objectContaining(refusal),
    );
  });
});

describe.each(['close', 'hold'] as const)(
  'A shared connection that the broker ends with an ERROR (%s)',
  (onBrokerLoss) => {
    it('the SUBSCRIBE that brought it about fails alone, and everybody else goes on', async () => {
      await using shared = await SharedUnderTest.connected({ onBrokerLoss });
      const [alice, mallory] = [shared.client('alice'), shared.client('mallory')];
      await alice.client.subscribe(shared.request(alice.session, '1', '/topic/tea'));
      shared.broker.on('SUBSCRIBE', (frame, conversation, standard) => {
        if (!frame.headers.includes('/topic/forbidden')) return standard();
        conversation.error('access refused');
        conversation.end();
      });

      const forbidden = Promise.resolve(
        mallory.client.subscribe(shared.request(mallory.session, '1', '/topic/forbidden')),
      );
      const refused = expect(forbidden).rejects.toMatchObject({ code: 'BROKER_REFUSED', endsSession: false });
      await shared.whenDown(1);
      await shared.clock.advance(TIMES.reconnectDelayMs);
      await shared.whenDown(2); // asked for it once more, behind everybody else's
      await refused;
      await shared.reconnected();
      shared.broker.publish('/topic/tea', 'hello');

      expect(await shared.delivered(1)).toEqual(['alice/1 hello']);
      expect(shared.told).toEqual(['alice BROKER_UNAVAILABLE', 'alice SUBSCRIPTIONS_RESTORED']);
    });

    it('who brought it about with a SUBSCRIBE has a connection of its own for all that comes later', async () => {
      await using shared = await SharedUnderTest.connected({ onBrokerLoss });
      const mallory = shared.client('mallory');
      await mallory.client.subscribe(shared.request(mallory.session, '1', '/topic/tea'));
      shared.broker.on('SUBSCRIBE', (frame, conversation, standard) => {
        if (!frame.headers.includes('/topic/forbidden')) return standard();
        conversation.error('access refused');
        conversation.end();
      });
      const forbidden = mallory.client.subscribe(shared.request(mallory.session, '2', '/topic/forbidden'));
      const refused = expect(forbidden).rejects.toMatchObject({ code: 'BROKER_REFUSED' });
      await shared.whenDown(1);
      await shared.clock.advance(TIMES.reconnectDelayMs);
      await refused;

      await mallory.client.subscribe(shared.request(mallory.session, '3', '/topic/forbidden/too'));
      await mallory.client.publish(send(mallory.session, 'x'), '/topic/forbidden/as/well');

      expect(mallory.own.map(({ calls }) => calls)).toEqual([
        ['connect', 'subscribe /topic/forbidden/too', 'publish /topic/forbidden/as/well'],
      ]);
    });

    it('a SEND that may have brought it about fails; its sender, and others who send there, take connections of their own', async () => {
      await using shared = await SharedUnderTest.connected({ onBrokerLoss });
      const [alice, bob, mallory] = [shared.client('alice'), shared.client('bob'), shared.client('mallory')];
      await alice.client.subscribe(shared.request(alice.session, '1', '/topic/tea'));
      shared.broker.on('SEND', (frame, conversation, standard) => {
        if (!frame.headers.includes('/topic/forbidden')) return standard();
        conversation.error('access refused');
        conversation.end();
      });

      await mallory.client.publish(send(mallory.session, 'x'), '/topic/forbidden');
      await shared.whenDown();
      await shared.reconnected();
      await mallory.client.publish(send(mallory.session, 'y'), '/topic/another');
      await bob.client.publish(send(bob.session, 'z'), '/topic/forbidden');
      await bob.client.publish(send(bob.session, 'hello'), '/topic/tea');

      expect(await shared.delivered(1)).toEqual(['alice/1 hello']);
      expect(mallory.own[0]?.calls).toEqual(['connect', 'publish /topic/another']);
      expect(bob.own[0]?.calls).toEqual(['connect', 'publish /topic/forbidden']);
      // Who listens has lost nothing: that is another connection.
      expect(shared.told).toEqual(['mallory OUTCOME_UNKNOWN']);
    });
  },
);

describe('A shared connection that publishes, and is lost, where sessions end with it', () => {
  it('ends nobody who listens, and nobody who has nothing unanswered on it', async () => {
    await using shared = await SharedUnderTest.connected();
    const [alice, bob] = [shared.client('alice'), shared.client('bob')];
    await alice.client.subscribe(shared.request(alice.session, '1', '/topic/tea'));
    await alice.client.publish(send(alice.session, 'first', { receipt: 'r' }), '/topic/tea');
    const held = shared.broker.hold('SEND');
    await bob.client.publish(send(bob.session, 'second'), '/topic/tea');
    await shared.broker.until(() => held.frames.length === 1);

    // As behind the memory alarm of RabbitMQ, which lets nobody publish.
    await shared.clock.advance(shared.parts.settings.receiptTimeMs);
    await shared.until(() => shared.told.length > 0, 'end');
    shared.broker.publish('/topic/tea', 'still here');

    expect(await shared.delivered(2)).toEqual(['alice/1 first', 'alice/1 still here']);
    expect(shared.told).toEqual(['bob failed BROKER_UNAVAILABLE']);
  });
});

describe('A shared connection that the broker ends with an ERROR, where sessions end with it', () => {
  it('those who suffer from it wait for holdTimeMs at most; then they end as with any other loss', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    await client.subscribe(shared.request(session, '1', '/topic/tea'));

    const conversation = await shared.listening;
    conversation.error('shutdown');
    conversation.end();
    await shared.broker.stop();
    await shared.whenDown(2);
    await shared.clock.advance(TIMES.holdTimeMs - 1);
    expect(shared.told).toEqual(['alice BROKER_UNAVAILABLE']);
    await shared.clock.advance(1);
    await shared.until(() => shared.told.length > 1, 'end');

    expect(shared.told).toEqual(['alice BROKER_UNAVAILABLE', 'alice failed BROKER_UNAVAILABLE']);
  });

  it('while the broker is there, and makes their subscriptions again, they wait as long as it takes', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    await client.subscribe(shared.request(session, '1', '/topic/tea'));
    const held = shared.broker.hold('SUBSCRIBE');

    const conversation = await shared.listening;
    conversation.error('access refused');
    conversation.end();
    await shared.whenDown();
    await shared.clock.advance(TIMES.reconnectDelayMs);
    await shared.broker.until(() => held.frames.length === 1);
    await shared.clock.advance(2 * TIMES.holdTimeMs);
    held.release();
    await shared.until(() => shared.told.length > 1, 'return');

    expect(shared.told).toEqual(['alice BROKER_UNAVAILABLE', 'alice SUBSCRIPTIONS_RESTORED']);
  });

  it('an ERROR that the connection outlived excuses no later loss', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    await client.subscribe(shared.request(session, '1', '/topic/tea'));

    const conversation = await shared.listening;
    conversation.error('something');
    shared.broker.publish('/topic/tea', 'behind it');
    await shared.delivered(1);
    await shared.clock.advance(5001);
    conversation.cut();
    await shared.until(() => shared.told.length > 0, 'end');

    expect(shared.told).toEqual(['alice failed BROKER_UNAVAILABLE']);
  });
});

function send(session: SessionContext, text: string, headers: HeaderRecord = {}): Message {
  const payload = new TextEncoder().encode(text);
  return createMessage('MESSAGE', { session, senderId: session.id, payload, headers, turn: TURN });
}
