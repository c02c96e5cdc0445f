import { headerValue } from '@treadle/stomp';
import { Subscription } from '../../../../src/broker/delivery/subscription.js';
import { createSession } from '../../broker-under-test.js';
import { SharedUnderTest, TIMES } from './shared-under-test.js';

describe('A shared connection, subscribing', () => {
  it('the broker has one subscription to a destination however many listen, and those who come later are live at once', async () => {
    await using shared = await SharedUnderTest.connected();
    const connection = shared.connections.listeningTo('/topic/tea');

    await connection.listen(new Subscription(createSession('first'), '1', '/topic/tea'));
    for (let index = 0; index < 999; index += 1) {
      const listener = new Subscription(createSession(`s${index}`), '1', '/topic/tea');
      expect(connection.listen(listener)).toBeUndefined();
    }
    shared.broker.publish('/topic/tea', 'hello');

    expect(await shared.delivered(1000)).toHaveLength(1000);
    expect(new Set(shared.deliveries.messages.map(({ published }) => published)).size).toBe(1);
    expect(shared.frames('SUBSCRIBE')).toEqual(['SUBSCRIBE /topic/tea']);
  });

  it('those who come while the broker has not answered wait for the same RECEIPT', async () => {
    await using shared = await SharedUnderTest.connected();
    const [alice, bob] = [shared.client('alice'), shared.client('bob')];
    const held = shared.broker.hold('SUBSCRIBE');
    const settled: string[] = [];

    const first = alice.client.subscribe(shared.request(alice.session, '1', '/topic/tea'));
    const second = bob.client.subscribe(shared.request(bob.session, '1', '/topic/tea'));
    void Promise.resolve(first).then(() => settled.push('first'));
    void Promise.resolve(second).then(() => settled.push('second'));
    await shared.broker.until(() => held.frames.length > 0);
    expect(settled).toEqual([]);
    held.release();
    await Promise.all([first, second]);

    expect(shared.frames('SUBSCRIBE')).toEqual(['SUBSCRIBE /topic/tea']);
  });

  it('a refused SUBSCRIBE fails all who wait for it and leaves nothing: the next one asks the broker again', async () => {
    await using shared = await SharedUnderTest.connected();
    const [alice, bob] = [shared.client('alice'), shared.client('bob')];
    shared.broker.once('SUBSCRIBE', (frame, conversation) => {
      conversation.error('access refused', ['receipt-id', headerValue(frame.headers, 'receipt') ?? '']);
    });

    const first = alice.client.subscribe(shared.request(alice.session, '1', '/topic/tea'));
    const second = bob.client.subscribe(shared.request(bob.session, '1', '/topic/tea'));
    await expect(first).rejects.toMatchObject({ code: 'BROKER_REFUSED', endsSession: false });
    await expect(second).rejects.toMatchObject({ code: 'BROKER_REFUSED' });
    await bob.client.subscribe(shared.request(bob.session, '1', '/topic/tea'));
    shared.broker.publish('/topic/tea', 'hello');

    expect(await shared.delivered(1)).toEqual(['bob/1 hello']);
  });
});

describe('A shared connection, unsubscribing', () => {
  it('a second after the last listener has left, and not before, the subscription at the broker ends', async () => {
    await using shared = await SharedUnderTest.connected();
    const [alice, bob] = [shared.client('alice'), shared.client('bob')];
    const ofAlice = shared.request(alice.session, '1', '/topic/tea');
    const ofBob = shared.request(bob.session, '1', '/topic/tea');
    await alice.client.subscribe(ofAlice);
    await bob.client.subscribe(ofBob);

    await alice.client.unsubscribe(ofAlice.subscription);
    await shared.clock.advance(TIMES.lingerMs);
    await bob.client.unsubscribe(ofBob.subscription);
    await shared.clock.advance(TIMES.lingerMs - 1);
    expect(shared.frames('UNSUBSCRIBE')).toEqual([]);
    await shared.clock.advance(1);

    const conversation = await shared.listening;
    await conversation.next('UNSUBSCRIBE');
    expect(conversation.subscriptions.size).toBe(0);
  });

  it('who comes back within that second finds the subscription there', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    const before = shared.request(session, '1', '/topic/tea');
    await client.subscribe(before);

    await client.unsubscribe(before.subscription);
    await shared.clock.advance(TIMES.lingerMs / 2);
    expect(client.subscribe(shared.request(session, '2', '/topic/tea'))).toBeUndefined();
    await shared.clock.advance(TIMES.lingerMs * 2);
    shared.broker.publish('/topic/tea', 'hello');

    expect(await shared.delivered(1)).toEqual(['alice/2 hello']);
    expect(shared.frames('UNSUBSCRIBE')).toEqual([]);
  });

  it('who comes while the last UNSUBSCRIBE is unanswered gets a new subscription, and no message twice', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    const before = shared.request(session, '1', '/topic/tea');
    await client.subscribe(before);
    await client.unsubscribe(before.subscription);
    const held = shared.broker.hold('UNSUBSCRIBE');
    await shared.clock.advance(TIMES.lingerMs);
    await shared.broker.until(() => held.frames.length > 0);

    await client.subscribe(shared.request(session, '2', '/topic/tea'));
    shared.broker.publish('/topic/tea', 'once');
    held.release();
    await (await shared.listening).next('UNSUBSCRIBE');
    shared.broker.publish('/topic/tea', 'after');

    expect(await shared.delivered(2)).toEqual(['alice/2 once', 'alice/2 after']);
  });

  it('who leaves before the RECEIPT is refused, and nothing stays at the broker', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    const held = shared.broker.hold('SUBSCRIBE');
    const request = shared.request(session, '1', '/topic/tea');

    const subscribing = Promise.resolve(client.subscribe(request));
    await shared.broker.until(() => held.frames.length > 0);
    await client.unsubscribe(request.subscription);
    await expect(subscribing).rejects.toMatchObject({ code: 'MESSAGE_REJECTED' });
    held.release();
    const conversation = await shared.listening;
    await shared.broker.until(() => conversation.subscriptions.size > 0);
    await shared.until(() => shared.clock.timerCount > 0, 'timer');
    await shared.clock.advance(TIMES.lingerMs);

    await conversation.next('UNSUBSCRIBE');
    expect(conversation.subscriptions.size).toBe(0);
  });

  it('at most 1000 subscriptions that nobody listens to linger: the longest ends before its time', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    const requests = Array.from({ length: 1001 }, (_, index) => shared.request(session, `${index}`, `/topic/${index}`));
    await Promise.all(requests.map(async (request) => client.subscribe(request)));

    for (const { subscription } of requests) await client.unsubscribe(subscription);

    const conversation = await shared.listening;
    const first = conversation.subscriptionTo('/topic/0');
    const { headers } = await conversation.next('UNSUBSCRIBE');
    expect(headerValue(headers, 'id')).toBe(first);
    expect(conversation.subscriptions.size).toBe(1000);
  });
});

describe('A shared connection, delivering', () => {
  it('every listener gets every message in the order of the broker, by its own filter', async () => {
    await using shared = await SharedUnderTest.connected();
    const [alice, bob] = [shared.client('alice'), shared.client('bob')];
    await alice.client.subscribe(shared.request(alice.session, '1', '/topic/tea'));
    await bob.client.subscribe(shared.request(bob.session, '7', '/topic/tea', { selector: "color = 'red'" }));

    shared.broker.publish('/topic/tea', 'one', ['color', 'red']);
    shared.broker.publish('/topic/tea', 'two', ['color', 'blue']);
    shared.broker.publish('/topic/tea', 'three', ['color', 'red']);

    expect(await shared.delivered(5)).toEqual([
      'alice/1 one',
      'bob/7 one',
      'alice/1 two',
      'alice/1 three',
      'bob/7 three',
    ]);
    expect(shared.frames('SUBSCRIBE')).toHaveLength(1);
  });

  it('a listener without echo gets nothing of its own session, and the header that says so reaches nobody', async () => {
    await using shared = await SharedUnderTest.connected();
    const [alice, bob] = [shared.client('alice'), shared.client('bob')];
    await alice.client.subscribe(shared.request(alice.session, '1', '/topic/tea', { 'no-echo': 'true' }));
    await bob.client.subscribe(shared.request(bob.session, '1', '/topic/tea'));

    const mark = shared.parts.senders.markOf('alice') ?? '';
    shared.broker.publish('/topic/tea', 'own', ['treadle-sender', mark]);
    shared.broker.publish('/topic/tea', 'foreign');

    expect(await shared.delivered(3)).toEqual(['bob/1 own', 'alice/1 foreign', 'bob/1 foreign']);
    expect(shared.deliveries.messages[0]?.headers.has('treadle-sender')).toBe(false);
  });

  it('what a pattern covers has the destination it was sent to, and what the wildcard of the broker covers beyond it reaches nobody', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    await client.subscribe(shared.request(session, '1', '/topic/*'));

    const conversation = await shared.listening;
    const id = conversation.subscriptionTo('/topic/*');
    conversation.message(id, '/topic/hidden', 'not for us');
    conversation.message(id, '/topic/milk', 'hello');

    expect(await shared.delivered(1)).toEqual(['alice/1 hello']);
    expect(shared.deliveries.messages[0]?.destination).toBe('/topic/milk');
  });

  it('a subscription that has the id of an earlier one gets nothing of that one', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    const tea = shared.request(session, '1', '/topic/tea');
    await client.subscribe(tea);
    tea.subscription.end();
    await client.unsubscribe(tea.subscription);
    await client.subscribe(shared.request(session, '1', '/topic/milk'));

    shared.broker.publish('/topic/tea', 'old');
    shared.broker.publish('/topic/milk', 'new');

    expect(await shared.delivered(1)).toEqual(['alice/1 new']);
  });

  it('who listens to what others listened to already gets nothing that went to the broker before', async () => {
    await using shared = await SharedUnderTest.connected();
    const [alice, bob] = [shared.client('alice'), shared.client('bob')];
    await alice.client.subscribe(shared.request(alice.session, '1', '/topic/tea'));
    const earlier = ['treadle-message-id', shared.parts.ids.create()];
    await bob.client.subscribe(shared.request(bob.session, '1', '/topic/tea'));
    const later = ['treadle-message-id', shared.parts.ids.create()];

    shared.broker.publish('/topic/tea', 'confirmed before', earlier);
    shared.broker.publish('/topic/tea', 'behind', later);

    expect(await shared.delivered(3)).toEqual(['alice/1 confirmed before', 'alice/1 behind', 'bob/1 behind']);
  });

  it('a session that has gone listens to nothing any more', async () => {
    await using shared = await SharedUnderTest.connected();
    const [alice, bob] = [shared.client('alice'), shared.client('bob')];
    await alice.client.subscribe(shared.request(alice.session, '1', '/topic/tea'));
    await alice.client.subscribe(shared.request(alice.session, '2', '/topic/milk'));
    await bob.client.subscribe(shared.request(bob.session, '1', '/topic/tea'));

    await alice.client.disconnect();
    await shared.clock.advance(TIMES.lingerMs);
    shared.broker.publish('/topic/tea', 'hello');

    expect(await shared.delivered(1)).toEqual(['bob/1 hello']);
    const conversation = await shared.listening;
    expect([...conversation.subscriptions.values()]).toEqual(['/topic/tea']);
  });

  it('when the broker ends a subscription each listener is told that its own has ended', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    await client.subscribe(shared.request(session, '1', '/topic/tea'));

    const conversation = await shared.listening;
    conversation.error('deleted', ['subscription', conversation.subscriptionTo('/topic/tea')]);
    await shared.until(() => shared.told.length > 0, 'notice');

    expect(shared.told).toEqual(['alice unsubscribed 1']);
  });
});
