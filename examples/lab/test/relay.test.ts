import { randomUUID } from 'node:crypto';
import { connect } from '@treadle/testing';
import { activemq, rabbitmq } from '../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../scripts/testing/require-server.js';
import { type RunningLab, startLab } from './running-lab.js';

jest.setTimeout(30_000); // a bound, not a wait: brokers start and answer as fast as the machine lets them

const BROKERS = [
  ['rabbitmq', rabbitmq],
  ['activemq', activemq],
] as const;

for (const [BROKER, server] of BROKERS) {
  describeWith(server, `the lab with BROKER=${BROKER}`, (RELAY) => {
    describe.each(['per-client', 'shared'])('and CONNECTIONS=%s', (CONNECTIONS) => {
      let lab: RunningLab;
      /** Tests share the broker with others: their destinations are their own. */
      const own = randomUUID();

      beforeAll(async () => {
        lab = await startLab({ BROKER, RELAY, CONNECTIONS });
      });
      afterAll(() => lab[Symbol.asyncDispose]());

      it('answers by a controller on a topic', async () => {
        await using client = await connect(lab.application);
        const inbox = await client.subscribe(`/topic/echo.${own}`);

        await client.send(`/app/echo.${own}`, 'bonjour');

        expect(await inbox.next()).toBe('bonjour');
      });

      it('answers the session that asked, and no other', async () => {
        await using client = await connect(lab.application);
        await using other = await connect(lab.application);
        const [inbox, otherInbox] = [
          await client.subscribe('/user/queue/echo'),
          await other.subscribe('/user/queue/echo'),
        ];

        await client.send('/app/echo', 'for me');
        await other.send('/app/echo', 'for you');

        expect([await inbox.next(), await otherInbox.next()]).toEqual(['for me', 'for you']);
      });

      it('answers a subscription by itself', async () => {
        await using client = await connect(lab.application);

        const inbox = await client.subscribe('/app/now');

        expect(await inbox.next()).toMatch(/^\d{4}-/);
      });

      it('keeps what is sent to a queue for the one who comes, and gives it to one', async () => {
        await using client = await connect(lab.application);
        const queue = `/queue/${own}`;
        for (const text of ['one', 'two', 'three']) await client.send(queue, text);

        await using consumer = await connect(lab.application);
        const inbox = await consumer.subscribe(queue);

        expect([await inbox.next(), await inbox.next(), await inbox.next()]).toEqual(['one', 'two', 'three']);
        const second = await client.subscribe(queue);
        await consumer.send(`/topic/${own}.end`, 'end');
        expect(second.size).toBe(0);
      });

      it('tells what is wrong with a message at the error destination', async () => {
        await using client = await connect(lab.application);
        const errors = await client.subscribe('/user/queue/errors');

        client.sendWithoutReceipt('/app/dto', { name: '', age: 0 });

        expect(await errors.next()).toMatchObject({ code: 'PAYLOAD_INVALID' });
      });
    });
  });
}
