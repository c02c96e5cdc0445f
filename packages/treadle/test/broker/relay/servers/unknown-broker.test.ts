import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import type { Inbox } from '@treadle/testing';
import { activemq, rabbitmq } from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import { login, presentOn, Servers } from './servers-under-test.js';

/** What one broker or the other takes for many topics, or for another name of one. @param place of what servers tell each other */
const ALIASES: readonly ((place: string) => string)[] = [
  () => '/topic/#',
  () => '/topic/>',
  () => '/topic/*',
  (place) => `${place}?consumer.retroactive=true`,
  (place) => place.replace('s', '%73'),
];

/** RabbitMQ refuses it. */
const composite = (place: string): string => `/topic/other,${place.replace('/topic/', 'topic://')}`;

describe.each([rabbitmq, activemq])("$name, with dialect: 'none'", (broker) => {
  describeWith(broker, 'servers', (url) => {
    test.each(['per-client', 'shared'] as const)(
      'tell each other what no client reads, whatever it subscribes to (%s)',
      async (connections) => {
        const id = randomUUID();
        const places = [`/topic/destinations-${id}`, `/topic/registry-${id}`] as const;
        const [userDestinationBroadcast, userRegistryBroadcast] = places;
        const relay = { dialect: 'none', connections, userDestinationBroadcast, userRegistryBroadcast } as const;
        await using servers = new Servers(url, relay);
        const [one, two] = [await servers.start(), await servers.start()];
        const spy = await login(one, 'spy');
        const aliases = broker === activemq ? [...ALIASES, composite] : ALIASES;
        const destinations = new Set(places.flatMap((place) => aliases.map((alias) => alias(place))));
        const heard = await Promise.all([...destinations].map((destination) => spy.subscribe(destination)));
        const bob = await login(two, `bob-${id}`);
        const inbox = await bob.subscribe('/user/queue/news');
        await presentOn(one, `bob-${id}`);

        await one.template.convertAndSendToUser(`bob-${id}`, '/queue/news', 'for bob alone');
        const secret = await inbox.next();
        await one.template.convertAndSend(`/topic/${id}`, `the last of ${id}`);
        const texts: string[] = [];
        // Whoever else is on this broker is heard, too.
        const wide = heard[broker === rabbitmq ? 0 : 1]!; // there is one for each alias
        while (texts.at(-1) !== `the last of ${id}`) texts.push(await textOf(wide));
        for (const subscription of heard) while (subscription.size > 0) texts.push(await textOf(subscription));

        expect(secret).toBe('for bob alone');
        expect(texts.filter((text) => text.includes('for bob') || text.includes('"v":'))).toEqual([]);
      },
    );

    test('give no place to acknowledged user destinations: others would read them', async () => {
      await using servers = new Servers(url, { dialect: 'none' });
      const bob = await login(await servers.start(), 'bob');

      await expect(bob.subscribe('/user/queue/work', { ack: 'client' })).rejects.toThrow('UNSUPPORTED_BY_BROKER');
    });
  });
});

async function textOf(subscription: Inbox): Promise<string> {
  return Buffer.from((await subscription.nextMessage()).octets).toString();
}
