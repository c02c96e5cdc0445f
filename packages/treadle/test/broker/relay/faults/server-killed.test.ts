import {
  activemqPackage,
  type BrokerName,
  rabbitmqPackage,
  type RealBroker,
  startBroker,
} from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import { LabProcess } from '../../../clients/kit/lab-process.js';
import { acknowledgement } from '../../../obligations/acknowledgement-frames.js';
import { RawClient } from '../../../obligations/raw-client.js';
import { bodies, fresh, send, sendAndWait, subscribe, take } from '../../conformance/conversation.js';

jest.setTimeout(90_000); // a bound, not a wait: brokers start and answer as fast as the machine lets them

const PATIENCE_MS = 60_000;
const CONNECTIONS = ['per-client', 'shared'] as const;

/** A connected client of a server, over TCP. */
async function connect({ tcpPort }: LabProcess): Promise<RawClient> {
  const client = await RawClient.overTcp(tcpPort, { patienceMs: PATIENCE_MS });
  client.type('CONNECT\naccept-version:1.2\nhost:test\n\n\0');
  await client.next();
  return client;
}

function describeServers(name: BrokerName): void {
  let broker: RealBroker;
  beforeAll(async () => (broker = await startBroker(name)));
  afterAll(() => broker[Symbol.asyncDispose]());

  describe.each(CONNECTIONS)('%s', (connections) => {
    let other: LabProcess;
    const start = (): Promise<LabProcess> =>
      LabProcess.start({ BROKER: name, RELAY: broker.url, CONNECTIONS: connections });
    beforeAll(async () => (other = await start()));
    afterAll(() => other[Symbol.asyncDispose]());

    it('what its consumer had not acknowledged goes to one on another server, and nothing else', async () => {
      await using killed = await start();
      const [queue, sender, first, second] = [
        fresh('/queue'),
        await connect(other),
        await connect(killed),
        await connect(other),
      ];
      await subscribe(first, queue, 'ack:client-individual\n');
      for (const job of ['1', '2', '3']) await sendAndWait(sender, queue, job);
      const jobs = await take(first, 3);
      await first.ask(acknowledgement('ACK', jobs[1], '1.2', 'receipt:done\n'));

      await killed.kill();
      await subscribe(second, queue, 'ack:client-individual\n');
      const again = await take(second, 2);
      await sendAndWait(sender, queue, 'the end');

      expect(bodies(again)).toEqual(['1', '3']);
      expect(again.map((frame) => frame.header('redelivered'))).toEqual(['true', 'true']);
      expect(bodies(await take(second, 1))).toEqual(['the end']);
    });

    it('every message whose receipt came is at the broker, once and in order', async () => {
      await using killed = await start();
      const [queue, sender, receiver] = [fresh('/queue'), await connect(killed), await connect(other)];
      for (let number = 0; number < 500; number += 1) sender.type(send(queue, String(number), `receipt:${number}\n`));
      await sender.until(() => sender.waiting.length >= 50, 'some of the receipts');

      await killed.kill();
      const receipts = (await sender.rest()).length;
      await subscribe(receiver, queue);
      await sendAndWait(await connect(other), queue, 'the end');
      const numbers: string[] = [];
      for (let frame = await receiver.next(); frame.body.toString() !== 'the end'; frame = await receiver.next()) {
        numbers.push(frame.body.toString());
      }

      expect(numbers).toEqual(Array.from(numbers, (_, index) => String(index)));
      expect(numbers.length).toBeGreaterThanOrEqual(receipts);
      expect(numbers.length).toBeLessThan(500);
    });
  });
}

describeWith(rabbitmqPackage, 'a server on RabbitMQ is killed (SIGKILL)', () => describeServers('rabbitmq'));

describeWith(activemqPackage, 'a server on ActiveMQ is killed (SIGKILL)', () => describeServers('activemq'));
