import { activemq, rabbitmq } from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import { acknowledgement } from '../../../obligations/acknowledgement-frames.js';
import type { RawFrame } from '../../../obligations/raw-frame.js';
import { bodies, fresh, send, sendAndWait, subscribe, take } from '../../conformance/conversation.js';
import { FaultProxy } from '../kit/fault-proxy.js';
import { goOn, heardOfLoss, hearNotices } from '../kit/notices.js';
import { CONFIGURATIONS, RelayedApplication } from '../kit/relayed-application.js';

jest.setTimeout(90_000); // a bound, not a wait: brokers start and answer as fast as the machine lets them

/** Longer than what is cut off, and never to be seen in part. */
const CUT_BODY = 'before|cut here|behind';

/** Connections that a relay has without any client: that of the system, and shared ones, two that listen and two that publish. */
const RELAYS_OWN = { 'per-client': 1, shared: 5 };

/** Every client is the sender once. */
const ROUNDS = 3;

const HOLDING = CONFIGURATIONS.filter(({ onBrokerLoss }) => onBrokerLoss === 'hold');

function describeCuts(url: string): void {
  describe.each(CONFIGURATIONS)('%j', (configuration) => {
    const holds = configuration.onBrokerLoss === 'hold';

    it('in the middle of a MESSAGE: no part of it is delivered, its session is told, and others go on', async () => {
      await using proxy = await FaultProxy.before(url);
      await using relayed = await RelayedApplication.on({ ...configuration, url: proxy.url });
      const [listener, idle, sender] = [await relayed.connect(), await relayed.connect(), await relayed.connect()];
      const [topic, later] = [fresh('/topic'), fresh('/topic')];
      await hearNotices(listener);
      await subscribe(listener, topic);
      proxy.cutBehind('to-relay', '|cut here');

      sender.type(send(topic, CUT_BODY));

      expect(await heardOfLoss(listener)).toEqual({ ends: !holds, code: 'BROKER_UNAVAILABLE' });
      expect(idle.isClosed).toBe(false);
      const next = await goOn(listener, relayed, (client) => subscribe(client, topic));
      await sendAndWait(await relayed.reconnect(), topic, 'whole');
      expect(bodies(await next.take(1))).toEqual(['whole']);
      await subscribe(idle, later);
      expect(await next.leftovers()).toEqual([]);
    });

    it('in the middle of a MESSAGE of a queue: it comes again, whole and once', async () => {
      await using proxy = await FaultProxy.before(url);
      await using relayed = await RelayedApplication.on({ ...configuration, url: proxy.url });
      const [worker, sender] = [await relayed.connect(), await relayed.connect()];
      const queue = fresh('/queue');
      await hearNotices(worker);
      await subscribe(worker, queue, 'ack:client-individual\n', 'jobs');
      proxy.cutBehind('to-relay', '|cut here');

      sender.type(send(queue, CUT_BODY));
      expect(await heardOfLoss(worker)).toEqual({ ends: !holds, code: 'BROKER_UNAVAILABLE' });
      const next = await goOn(worker, relayed, (client) => subscribe(client, queue, 'ack:client-individual\n', 'jobs'));

      const [again] = await next.take(1);
      await next.client.ask(acknowledgement('ACK', again, '1.2', 'receipt:done\n'));
      expect(again?.body.toString()).toBe(CUT_BODY);
      expect(await next.leftovers()).toEqual([]);
    });

    it('in the middle of a SEND: its sender gets no RECEIPT, and nobody a part of the message', async () => {
      await using proxy = await FaultProxy.before(url);
      await using relayed = await RelayedApplication.on({ ...configuration, url: proxy.url });
      const [sender, queue] = [await relayed.connect(), fresh('/queue')];
      await sendAndWait(sender, queue, 'first');
      proxy.cutBehind('to-broker', '|cut here');

      sender.type(send(queue, CUT_BODY, 'receipt:cut\n'));

      const error = await sender.refusal();
      expect([error.header('code'), error.header('receipt-id')]).toEqual(['OUTCOME_UNKNOWN', 'cut']);
      const receiver = await relayed.reconnect();
      await subscribe(receiver, queue);
      await sendAndWait(await relayed.connect(), queue, 'last');
      expect(bodies(await take(receiver, 2))).toEqual(['first', 'last']);
    });

    it('behind a SEND, before its answer: whether it was taken is unknown, and said so; it is not sent again', async () => {
      await using proxy = await FaultProxy.before(url);
      await using relayed = await RelayedApplication.on({ ...configuration, url: proxy.url });
      await using elsewhere = await RelayedApplication.on({ url });
      const [sender, listener, topic] = [await relayed.connect(), await elsewhere.connect(), fresh('/topic')];
      await subscribe(listener, topic);
      await sendAndWait(sender, topic, 'first');
      proxy.hold('to-relay');

      sender.type(send(topic, 'unanswered', 'receipt:unanswered\n'));
      const heard = await take(listener, 2);
      proxy.cutAll();
      proxy.release('to-relay');

      expect(bodies(heard)).toEqual(['first', 'unanswered']);
      const error = await sender.refusal();
      expect([error.header('code'), error.header('receipt-id')]).toEqual(['OUTCOME_UNKNOWN', 'unanswered']);
      await sendAndWait(await relayed.reconnect(), topic, 'last');
      expect(bodies(await take(listener, 1))).toEqual(['last']);
    });

    it('between the ACK of a transaction and its COMMIT: the message comes again', async () => {
      await using proxy = await FaultProxy.before(url);
      await using relayed = await RelayedApplication.on({ ...configuration, url: proxy.url });
      const [worker, sender, queue] = [await relayed.connect(), await relayed.connect(), fresh('/queue')];
      await hearNotices(worker);
      await subscribe(worker, queue, 'ack:client-individual\n', 'jobs');
      await sendAndWait(sender, queue, 'job');
      const [job] = await take(worker, 1);
      worker.type(`BEGIN\ntransaction:t\n\n\0${acknowledgement('ACK', job, '1.2', 'transaction:t\n')}`);
      await worker.arrived();

      proxy.cutAll();
      await heardOfLoss(worker);
      const next = await goOn(worker, relayed, (client) => subscribe(client, queue, 'ack:client-individual\n', 'jobs'));

      const [again] = await next.take(1);
      expect([again?.body.toString(), again?.header('redelivered')]).toEqual(['job', 'true']);
    });

    it('again and again: no session hangs, none hears what is not its own, and no connection is left over', async () => {
      await using proxy = await FaultProxy.before(url);
      await using relayed = await RelayedApplication.on({ ...configuration, url: proxy.url });
      const names = ['ann', 'bob', 'cyd'];
      const topics = new Map(names.map((who) => [who, fresh('/topic')]));
      for (let round = 0; round < ROUNDS; round += 1) {
        const clients = await Promise.all(names.map((who) => relayed.reconnect(who)));
        await Promise.all(
          clients.map((client, index) =>
            subscribe(client, topics.get(names[index] ?? '') ?? '', '', `of-${names[index]}`),
          ),
        );
        for (const [who, topic] of topics) clients[round % names.length]?.type(send(topic, `for ${who}`));

        proxy.cutAll();

        for (const [index, client] of clients.entries()) {
          client.type('DISCONNECT\nreceipt:bye\n\n\0');
          const heard = (await client.rest()).filter(({ command }) => command === 'MESSAGE');
          expect(bodies(heard).filter((body) => body !== `for ${names[index]}`)).toEqual([]);
        }
        await relayed.whenAvailable(true);
      }
      expect(relayed.application.sessionCount).toBe(0);
      await proxy.until(
        () => proxy.connections <= RELAYS_OWN[configuration.connections],
        'the end of the connections of clients that are gone',
      );
    });
  });

  it.each(HOLDING)(
    '%j: an acknowledgement of before is lost, and its client learns that: by receipt and by COMMIT',
    async (configuration) => {
      await using proxy = await FaultProxy.before(url);
      await using relayed = await RelayedApplication.on({ ...configuration, url: proxy.url });
      const [workers, queue] = [[await relayed.connect(), await relayed.connect()], fresh('/queue')];
      const jobs: RawFrame[] = [];
      for (const worker of workers) {
        await hearNotices(worker);
        await subscribe(worker, queue, 'ack:client-individual\nprefetch-count:1\n', 'jobs');
        await sendAndWait(await relayed.connect(), queue, 'job');
        jobs.push(...(await take(worker, 1)));
      }
      workers[1]?.type(`BEGIN\ntransaction:t\n\n\0${acknowledgement('ACK', jobs[1], '1.2', 'transaction:t\n')}`);

      proxy.cutAll();
      for (const worker of workers) {
        await heardOfLoss(worker);
        await goOn(worker, relayed);
      }
      workers[0]?.type(acknowledgement('ACK', jobs[0], '1.2', 'receipt:done\n'));
      workers[1]?.type('COMMIT\ntransaction:t\nreceipt:committed\n\n\0');

      const errors = await Promise.all(workers.map((worker) => worker.rest()));
      expect(errors.map((frames) => frames.at(-1)?.header('code'))).toEqual([
        'ACKNOWLEDGEMENT_LOST',
        'ACKNOWLEDGEMENT_LOST',
      ]);
    },
  );
}

describeWith(rabbitmq, 'a connection to RabbitMQ is cut', describeCuts);

describeWith(activemq, 'a connection to ActiveMQ is cut', describeCuts);
