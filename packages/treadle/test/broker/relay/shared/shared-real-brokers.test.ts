import { type Inbox, type ReceivedFrame, type TestClient, connect } from '@treadle/testing';
import {
  activemqPackage,
  type BrokerName,
  rabbitmqPackage,
  type RealBroker,
  startBroker,
} from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import { RelayedApplication } from '../kit/relayed-application.js';

const CLIENTS = 1000;

jest.setTimeout(60_000); // a bound, not a wait: brokers start and answer as fast as the machine lets them

function describeShared(name: BrokerName): void {
  let broker: RealBroker;
  beforeAll(async () => (broker = await startBroker(name)));
  afterAll(() => broker[Symbol.asyncDispose]());

  it('a thousand clients on one topic get every message once and in order, over shared connections', async () => {
    await using relayed = await RelayedApplication.on({ url: broker.url, connections: 'shared' });
    const { application } = relayed;
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => connect(application)));
    const inboxes = await Promise.all(clients.map((client) => client.subscribe('/topic/chat/tea')));

    const [sender] = clients;
    for (let index = 0; index < 20; index += 1) await sender?.send('/topic/chat/tea', `${index}`);
    const received = await Promise.all(inboxes.map((inbox) => take(inbox, 20)));

    const inOrder = Array.from({ length: 20 }, (_, index) => `${index}`);
    for (const frames of received) expect(frames.map(({ body }) => body)).toEqual(inOrder);
    expect(application.stats()).toMatchObject({ broker: { messages: { delivered: CLIENTS * 20 } } });
    await endAll(clients);
  });

  it('queues, acknowledgements and user destinations work beside shared topics', async () => {
    await using relayed = await RelayedApplication.on({ url: broker.url, connections: 'shared' });
    const { application } = relayed;
    const alice = await connect(application, { login: 'alice' });
    const bob = await connect(application, { login: 'bob' });
    const work = await alice.subscribe('/queue/shared-work', { ack: 'client-individual' });
    const all = await alice.subscribe('/topic/**');
    const notices = await alice.subscribe('/user/queue/notices');
    const kept = await alice.subscribe('/user/queue/kept', { ack: 'client' });

    await bob.send('/queue/shared-work', 'job');
    await bob.send('/topic/chat/tea', 'hello');
    await application.template.convertAndSendToUser('alice', '/queue/notices', 'notice');
    await application.template.convertAndSendToUser('alice', '/queue/kept', 'kept');

    const job = await work.nextMessage();
    expect(job.body).toBe('job');
    await alice.ack(job);
    expect((await all.nextMessage()).headers).toMatchObject({ destination: '/topic/chat/tea' });
    expect((await notices.nextMessage()).body).toBe('notice');
    const last = await kept.nextMessage();
    expect(last.body).toBe('kept');
    await alice.ack(last);
    await endAll([alice, bob]);
  });

  it('who comes back right behind leaving gets what is sent from then on, and only that', async () => {
    await using relayed = await RelayedApplication.on({ url: broker.url, connections: 'shared' });
    await using client = await connect(relayed.application);
    for (let round = 0; round < 20; round += 1) {
      const inbox = await client.subscribe('/topic/again');
      await client.send('/topic/again', `${round}`);
      expect((await inbox.nextMessage()).body).toBe(`${round}`);
      await inbox.unsubscribe();
      await client.send('/topic/again', 'to nobody');
    }
    expect(client.frames.filter(({ body }) => body === 'to nobody')).toEqual([]);
  });

  // ActiveMQ has no program that lists them.
  if (name === 'activemq') return;

  it('the broker has one subscription to a topic however many clients listen', async () => {
    await using relayed = await RelayedApplication.on({ url: broker.url, connections: 'shared' });
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => connect(relayed.application)));
    await Promise.all(clients.map((client) => client.subscribe('/topic/counted')));

    const bindings = await broker.ctl('list_bindings', '--quiet', 'source_name', 'routing_key');

    expect(bindings.split('\n').filter((line) => line.includes('counted'))).toHaveLength(1);
    // Two that listen, two that publish, and that of the system.
    expect(relayed.application.stats()).toMatchObject({ broker: { connections: { open: 5, opened: 5 } } });
    await endAll(clients);
  });
}

describeWith(rabbitmqPackage, 'Shared connections to RabbitMQ', () => describeShared('rabbitmq'));

describeWith(activemqPackage, 'Shared connections to ActiveMQ', () => describeShared('activemq'));

async function take(inbox: Inbox, count: number): Promise<readonly ReceivedFrame[]> {
  const frames: ReceivedFrame[] = [];
  for (let index = 0; index < count; index += 1) frames.push(await inbox.nextMessage());
  return frames;
}

async function endAll(clients: readonly TestClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
}
