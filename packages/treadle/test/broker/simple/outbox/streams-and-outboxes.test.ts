import type { TopicPolicy } from '../../../../src/broker/simple/policy/destination-policy.js';
import { Flow } from '../../../../src/messaging/flow.js';
import type { Message } from '../../../../src/messaging/message.js';
import {
  type BrokerUnderTest,
  createMessage,
  createSession,
  disconnect,
  handle,
  startBroker,
} from '../../broker-under-test.js';
import { settled } from '../policed-application.js';

const alice = createSession('a');

function subscribed(policies: readonly TopicPolicy[], headers: Record<string, string>): BrokerUnderTest {
  const underTest = startBroker({ policies });
  handle(
    underTest.broker,
    createMessage('SUBSCRIBE', { session: alice, subscriptionId: '1', destination: '/topic/x', headers }),
  );
  return underTest;
}

const publish = ({ broker }: BrokerUnderTest, flow: Flow): void =>
  handle(broker, createMessage('MESSAGE', { destination: '/topic/x', flow }));

function acknowledge(
  { broker, deliveries }: BrokerUnderTest,
  message: Message | undefined = deliveries.messages.at(-1),
): void {
  handle(broker, createMessage('ACK', { session: alice, acknowledgement: { ackId: message?.delivery?.ackId } }));
}

describe('a stream whose subscriber acknowledges', () => {
  it('waits until nothing waits for the subscriber', async () => {
    const flow = new Flow();
    const underTest = subscribed([], { ack: 'client-individual', 'prefetch-count': '1' });
    publish(underTest, flow);
    const free = flow.whenFree();
    publish(underTest, flow);
    let hasRoom = false;
    void flow.whenFree()?.then(() => (hasRoom = true));
    await settled();
    const before = hasRoom;

    acknowledge(underTest);
    await settled();

    expect([free, before, hasRoom]).toEqual([undefined, false, true]);
  });

  it('goes on when the subscriber has gone', async () => {
    const flow = new Flow();
    const underTest = subscribed([], { ack: 'client', 'prefetch-count': '1' });
    publish(underTest, flow);
    publish(underTest, flow);
    const free = flow.whenFree();

    handle(underTest.broker, disconnect(alice));

    await expect(free).resolves.toBeUndefined();
  });

  it('does not wait where messages may be dropped', () => {
    const flow = new Flow();
    const dropping: TopicPolicy = { destinations: '/topic/**', slowConsumer: 'drop-oldest' };
    const underTest = subscribed([dropping], { ack: 'client', 'prefetch-count': '1' });
    publish(underTest, flow);
    publish(underTest, flow);

    expect(flow.whenFree()).toBeUndefined();
  });

  it('waits for one that still gets what it missed, as what is published now is behind that', async () => {
    const flow = new Flow();
    const policies: readonly TopicPolicy[] = [{ destinations: '/topic/**', history: { messages: 2000 } }];
    const underTest = startBroker({ policies });
    for (let index = 0; index < 600; index += 1) publish(underTest, new Flow());
    const headers = { offset: '0', ack: 'client' };
    handle(
      underTest.broker,
      createMessage('SUBSCRIBE', { session: alice, subscriptionId: '1', destination: '/topic/x', headers }),
    );

    publish(underTest, flow);
    let hasRoom = false;
    void flow.whenFree()?.then(() => (hasRoom = true));
    const before = hasRoom;
    while (underTest.deliveries.messages.length < 601) await settled();
    await settled();

    expect([before, hasRoom]).toEqual([false, true]);
  });

  it('does not wait for those who recover what it published, behind an interceptor that takes its time neither', async () => {
    const flow = new Flow();
    const preSend = (message: Message): Promise<Message> => Promise.resolve(message);
    const policies: readonly TopicPolicy[] = [
      { destinations: '/topic/**', history: { messages: 5 }, retainLast: true },
    ];
    const underTest = startBroker({ policies }, [{ preSend }]);
    publish(underTest, flow);
    const headers = { offset: '0', ack: 'client', 'prefetch-count': '1' };
    handle(
      underTest.broker,
      createMessage('SUBSCRIBE', {
        session: createSession('b'),
        subscriptionId: '1',
        destination: '/topic/x',
        headers,
      }),
    );

    await new Promise((resolve) => process.nextTick(resolve));
    while (underTest.deliveries.messages.length === 0) await settled();

    expect(flow.whenFree()).toBeUndefined();
  });
});
