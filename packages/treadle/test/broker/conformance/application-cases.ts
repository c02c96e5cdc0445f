import { Controller, MessageMapping, SubscribeMapping } from '../../../src/annotation/mapping/mapping-decorators.js';
import { SendTo } from '../../../src/annotation/results/send-decorators.js';
import { BrokerAvailabilityEvent } from '../../../src/events/broker-availability.js';
import { SimpMessagingTemplate } from '../../../src/messaging/messaging-template.js';
import type { ApplicationOptions } from '../../../src/options.js';
import type { ConformanceCase, RunningBroker } from './broker-conformance.js';
import { bodies, disconnect, fresh, leftovers, send, sendAndWait, subscribe, take } from './conversation.js';

@Controller()
class EchoController {
  @MessageMapping('/echo')
  @SendTo('/topic/echo')
  echo(payload: string): string {
    return `echo of ${payload}`;
  }

  @SubscribeMapping('/snapshot')
  snapshot(): string {
    return 'as of now';
  }
}

/** With what every case starts its application. */
export const APPLICATION_OPTIONS: ApplicationOptions = {
  controllers: [EchoController],
  authenticate: ({ login }) => (login === undefined ? undefined : { name: login }),
  limits: { frameBodyOctets: 4 * 1024 * 1024, sendBufferOctets: 8 * 1024 * 1024 },
};

function templateOf({ application }: RunningBroker): SimpMessagingTemplate {
  return application.container.resolve(SimpMessagingTemplate);
}

/** What the application does with a broker, and what of its destinations is for users alone. */
export const APPLICATION_CASES: readonly ConformanceCase[] = [
  {
    capability: 'the application',
    title: 'sends to clients: it is accepted when the promise resolves, and arrives in order',
    async run(broker) {
      const topic = fresh('/topic');
      const client = await broker.connect();
      await subscribe(client, topic);

      for (const text of ['1', '2', '3']) await templateOf(broker).convertAndSend(topic, text);

      expect(bodies(await take(client, 3))).toEqual(['1', '2', '3']);
    },
  },
  {
    capability: 'the application',
    title: 'gets what is sent to its prefixes, and its answers go through the broker',
    async run(broker) {
      const client = await broker.connect();
      await subscribe(client, '/topic/echo');

      client.type(send('/app/echo', 'hi', 'content-type:text/plain\n'));

      expect((await client.next()).body.toString()).toBe('echo of hi');
    },
  },
  {
    capability: 'the application',
    title: 'answers a subscription itself, and the broker does not make one of it',
    async run(broker) {
      const client = await broker.connect();
      client.type('SUBSCRIBE\nid:s\ndestination:/app/snapshot\n\n\0');

      expect((await client.next()).body.toString()).toBe('as of now');
      expect(await leftovers(client)).toEqual([]);
    },
  },
  {
    capability: 'the application',
    title: 'hears of a message that nobody takes, for it has none of the prefixes',
    async run(broker) {
      const client = await broker.connect();

      client.type(send('/nowhere', 'hi', 'receipt:r\n'));

      expect((await client.refusal()).header('code')).toBe('DESTINATION_UNKNOWN');
    },
  },
  {
    capability: 'user destinations',
    title: 'are those of one user: all its sessions get the message, under the name they know, and nobody else',
    async run(broker) {
      const [first, second, bob] = [
        await broker.connect('alice'),
        await broker.connect('alice'),
        await broker.connect('bob'),
      ];
      for (const client of [first, second, bob]) await subscribe(client, '/user/queue/news');

      await templateOf(broker).convertAndSendToUser('alice', '/queue/news', 'for alice');

      for (const client of [first, second]) {
        const frame = await client.next();
        expect(frame.body.toString()).toBe('for alice');
        expect(frame.header('destination')).toBe('/user/queue/news');
      }
      expect(await leftovers(bob)).toEqual([]);
    },
  },
  {
    capability: 'user destinations',
    title: 'are reached by clients under the name of the user',
    async run(broker) {
      const [alice, bob] = [await broker.connect('alice'), await broker.connect('bob')];
      await subscribe(alice, '/user/queue/news');

      await sendAndWait(bob, '/user/alice/queue/news', 'from bob');

      expect((await alice.next()).body.toString()).toBe('from bob');
    },
  },
  {
    capability: 'user destinations',
    title: 'are out of the reach of others’ patterns',
    async run(broker) {
      const [alice, spy] = [await broker.connect('alice'), await broker.connect('mallory')];
      await subscribe(alice, '/user/queue/news');
      for (const pattern of ['/topic/**', '/topic/*']) await subscribe(spy, pattern, '', pattern);

      await templateOf(broker).convertAndSendToUser('alice', '/queue/news', 'for alice');
      await alice.next();

      expect(bodies(await leftovers(spy))).not.toContain('for alice');
    },
  },
  {
    capability: 'wildcards over queues',
    title: 'do not reach user destinations',
    async run(broker) {
      const [alice, spy] = [await broker.connect('alice'), await broker.connect('mallory')];
      await subscribe(alice, '/user/queue/news');
      for (const pattern of ['/queue/**', '/queue/*']) await subscribe(spy, pattern, '', pattern);

      await templateOf(broker).convertAndSendToUser('alice', '/queue/news', 'for alice');
      await alice.next();

      expect(bodies(await leftovers(spy))).not.toContain('for alice');
    },
  },
  {
    capability: 'reach',
    title: 'counts the sessions that had a live subscription',
    async run(broker) {
      const [first, second, third] = [
        await broker.connect('alice'),
        await broker.connect('alice'),
        await broker.connect('alice'),
      ];
      for (const client of [first, second]) await subscribe(client, '/user/queue/news');

      const reached = await templateOf(broker).convertAndSendToUser('alice', '/queue/news', 'hi');
      await disconnect(second);
      const later = await templateOf(broker).convertAndSendToUser('alice', '/queue/news', 'hi');

      expect(third.isClosed).toBe(false);
      expect([reached.sessions, later.sessions]).toEqual([2, 1]);
    },
  },
  {
    capability: 'reach',
    title: 'is none for a user who is not there',
    async run(broker) {
      const reached = await templateOf(broker).convertAndSendToUser('nobody', '/queue/news', 'hi');

      expect(reached.sessions).toBe(0);
    },
  },
  {
    capability: 'availability',
    title: 'is told: the broker takes messages when the application runs, and none when it has stopped',
    async run({ application }) {
      const told: boolean[] = [];
      application.events.on(BrokerAvailabilityEvent, ({ isAvailable }) => void told.push(isAvailable));
      const whileRunning = application.isBrokerAvailable;

      await application.stop();

      expect(whileRunning).toBe(true);
      expect(application.isBrokerAvailable).toBe(false);
      expect(told).toEqual([false]);
    },
  },
  {
    capability: 'availability',
    title: 'that has ended makes later messages fail instead of vanish',
    async run(broker) {
      const template = templateOf(broker);
      await broker.application.stop();

      await expect(template.convertAndSend(fresh('/topic'), 'too late')).rejects.toMatchObject({
        code: 'SERVER_STOPPING',
      });
    },
  },
];
