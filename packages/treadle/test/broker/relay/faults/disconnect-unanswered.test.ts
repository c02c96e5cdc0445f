import { activemq, rabbitmq } from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import { acknowledgement } from '../../../obligations/acknowledgement-frames.js';
import type { RawClient } from '../../../obligations/raw-client.js';
import { bodies, fresh, send, sendAndWait, subscribe, take } from '../../conformance/conversation.js';
import { FaultProxy } from '../kit/fault-proxy.js';
import { goOn, heardOfLoss, hearNotices } from '../kit/notices.js';
import { CONFIGURATIONS, nameOf, RelayedApplication } from '../kit/relayed-application.js';

jest.setTimeout(90_000); // a bound, not a wait: brokers start and answer as fast as the machine lets them

const SITUATIONS = CONFIGURATIONS.map((configuration) => ({ title: nameOf(configuration), configuration }));
const HOLDING = SITUATIONS.filter(({ configuration }) => configuration.onBrokerLoss === 'hold');

const DISCONNECT = 'DISCONNECT\nreceipt:bye\n\n\0';

/** The last frame of a client that has said DISCONNECT: `RECEIPT bye`, `ERROR OUTCOME_UNKNOWN bye`. */
async function farewell(client: RawClient): Promise<string> {
  const last = (await client.rest()).at(-1);
  return [last?.command, last?.header('code'), last?.header('receipt-id')].filter(Boolean).join(' ');
}

/** What waits in a queue, read until a message that is sent now. */
async function contentsOf(queue: string, relayed: RelayedApplication): Promise<string[]> {
  const reader = await relayed.reconnect();
  await subscribe(reader, queue);
  await sendAndWait(await relayed.reconnect(), queue, 'last');
  const found: string[] = [];
  while (found.at(-1) !== 'last') found.push(...bodies(await take(reader, 1)));
  return found;
}

function describeFarewells(url: string): void {
  it.each(SITUATIONS)('$title: the RECEIPT says that all before it has arrived', async ({ configuration }) => {
    await using relayed = await RelayedApplication.on({ ...configuration, url });
    const [client, queue] = [await relayed.connect(), fresh('/queue')];

    client.type(`${send(queue, 'one')}${send(queue, 'two')}${DISCONNECT}`);

    expect(await farewell(client)).toBe('RECEIPT bye');
    expect(await contentsOf(queue, relayed)).toEqual(['one', 'two', 'last']);
  });

  it.each(SITUATIONS)('$title: there is none for messages that are lost behind it', async ({ configuration }) => {
    await using proxy = await FaultProxy.before(url);
    await using relayed = await RelayedApplication.on({ ...configuration, url: proxy.url });
    const [client, queue] = [await relayed.connect(), fresh('/queue')];
    await sendAndWait(client, queue, 'zero');

    proxy.hold('to-broker');
    client.type(`${send(queue, 'one')}${send(queue, 'two')}${DISCONNECT}`);
    proxy.cutAll();
    proxy.release('to-broker');

    expect(await farewell(client)).toBe('ERROR OUTCOME_UNKNOWN bye');
    expect(await contentsOf(queue, relayed)).toEqual(['zero', 'last']);
  });

  it.each(HOLDING)('$title: nor for one that was lost before it', async ({ configuration }) => {
    await using proxy = await FaultProxy.before(url);
    await using relayed = await RelayedApplication.on({ ...configuration, url: proxy.url });
    const [client, queue] = [await relayed.connect(), fresh('/queue')];
    await sendAndWait(client, queue, 'zero');

    proxy.hold('to-broker');
    client.type(send(queue, 'one'));
    proxy.cutAll();
    proxy.release('to-broker');
    await relayed.whenAvailable(false);
    await relayed.whenAvailable(true);
    await sendAndWait(client, queue, 'two');
    client.type(DISCONNECT);

    expect(await farewell(client)).toBe('ERROR OUTCOME_UNKNOWN bye');
    expect(await contentsOf(queue, relayed)).toEqual(['zero', 'two', 'last']);
  });

  it.each(SITUATIONS)('$title: nor for an ACK that is lost behind it', async ({ configuration }) => {
    await using proxy = await FaultProxy.before(url);
    await using relayed = await RelayedApplication.on({ ...configuration, url: proxy.url });
    const [worker, queue] = [await relayed.connect(), fresh('/queue')];
    await subscribe(worker, queue, 'ack:client-individual\n', 'jobs');
    await sendAndWait(await relayed.connect(), queue, 'job');
    const [job] = await take(worker, 1);

    proxy.hold('to-broker');
    worker.type(`${acknowledgement('ACK', job, '1.2')}${DISCONNECT}`);
    proxy.cutAll();
    proxy.release('to-broker');

    expect(await farewell(worker)).toBe('ERROR OUTCOME_UNKNOWN bye');
    expect(await contentsOf(queue, relayed)).toEqual(['job', 'last']);
  });

  it.each(HOLDING)('$title: a loss that cost nothing leaves it as it is', async ({ configuration }) => {
    await using proxy = await FaultProxy.before(url);
    await using relayed = await RelayedApplication.on({ ...configuration, url: proxy.url });
    const client = await relayed.connect();
    await hearNotices(client);
    await subscribe(client, fresh('/topic'));
    await sendAndWait(client, fresh('/topic'), 'one');

    proxy.cutAll();
    await heardOfLoss(client);
    await goOn(client, relayed);
    client.type(DISCONNECT);

    expect(await farewell(client)).toBe('RECEIPT bye');
  });
}

describeWith(rabbitmq, 'DISCONNECT with a receipt, RabbitMQ', describeFarewells);

describeWith(activemq, 'DISCONNECT with a receipt, ActiveMQ', describeFarewells);
