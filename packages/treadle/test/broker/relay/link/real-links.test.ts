import { randomUUID } from 'node:crypto';
import { activemq, rabbitmq } from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import type { BrokerLink } from '../../../../src/broker/relay/link/broker-link.js';
import type { LinkConnectorOptions } from '../../../../src/broker/relay/link/link-request.js';
import { ownOctets } from '../../../../src/foundation/own-octets.js';
import { errorOf, failure, LinksUnderTest } from './links-under-test.js';

const links = (url: string, options: Partial<LinkConnectorOptions> = {}): LinksUnderTest => {
  const { hostname, port } = new URL(url);
  return new LinksUnderTest([{ host: hostname, port: Number(port) }], { receiptTimeMs: 10_000, ...options });
};

const send = (destination: string, body: Uint8Array | string = '') =>
  ({ command: 'SEND', headers: ['destination', destination], body: Buffer.from(body) }) as const;

const subscribe = (id: string, destination: string, ...headers: string[]) =>
  ({ command: 'SUBSCRIBE', headers: ['id', id, 'destination', destination, ...headers] }) as const;

/** A topic of this test's own. */
const topic = (): string => `/topic/link-${randomUUID()}`;

/** What arrives between a SUBSCRIBE and the answer to a SEND that comes behind all others in the same topic. */
async function received(
  link: BrokerLink,
  heard: { onMessage: unknown },
  bodies: readonly Uint8Array[],
): Promise<Buffer[]> {
  const destination = topic();
  const arrived: Buffer[] = [];
  const all = new Promise<void>((resolve) => {
    heard.onMessage = ({ body }: { readonly body: Uint8Array }): void => {
      arrived.push(Buffer.from(ownOctets(body)));
      if (arrived.length === bodies.length) resolve();
    };
  });
  await link.request(subscribe('1', destination));
  await Promise.all(bodies.map((body) => link.request(send(destination, body))));
  await all;
  return arrived;
}

describe.each([
  ['RabbitMQ', rabbitmq],
  ['ActiveMQ', activemq],
] as const)('%s', (name, server) => {
  describeWith(server, `a link to ${name}`, (url) => {
    it('says what it is, in STOMP 1.2', async () => {
      await using own = links(url);

      const { link } = await own.connect();

      expect(link.version).toBe('1.2');
      expect(link.server).toMatch(new RegExp(`^${name}/\\d`));
    });

    it('carries bodies as they are, in order: empty, with NUL, of a megabyte', async () => {
      await using own = links(url, { brokerFrameBodyOctets: 2 * 1024 * 1024 });
      const { link, heard } = await own.connect();
      const bodies = [Buffer.of(), Buffer.of(0, 255, 10, 0), Buffer.alloc(1024 * 1024, '\0\xff\n', 'latin1')];

      const arrived = await received(link, heard, bodies);

      expect(arrived.map((body, at) => bodies[at]?.equals(body))).toEqual([true, true, true]);
    });

    it('hands over nothing while it is paused, and all of it afterwards', async () => {
      await using own = links(url);
      const { link, heard } = await own.connect();
      const { link: publisher } = await own.connect();
      const destination = topic();
      await link.request(subscribe('1', destination));
      const bodies = Array.from({ length: 200 }, (_, at) => `${at} ${'x'.repeat(4_000)}`);

      link.pause();
      await Promise.all(bodies.map((body) => publisher.request(send(destination, body))));
      expect(heard.messages).toEqual([]);
      const all = new Promise<void>((resolve) => {
        heard.onNews = () => heard.messages.length === bodies.length && resolve();
      });
      link.resume();
      await all;

      expect(heard.messages).toEqual(bodies);
    });

    it('lives on heart-beats of a second', async () => {
      await using own = links(url, { heartBeat: { sends: 1_000, expects: 1_000 } });
      const { link, heard } = await own.connect();

      await new Promise((resolve) => setTimeout(resolve, 5_000)); // the broker's clock cannot be moved
      await link.request(send(topic()));

      expect(heard.isLost).toBe(false);
    }, 10_000);

    it('has what was sent before handled when it is closed', async () => {
      await using own = links(url);
      const { link, heard } = await own.connect();
      const { link: other } = await own.connect();
      const destination = topic();
      const arrived = new Promise<void>((resolve) => (heard.onNews = resolve));
      await link.request(subscribe('1', destination));

      other.send(send(destination, 'last words'));
      await other.close();
      await arrived;

      expect(heard.messages).toEqual(['last words']);
    });

    it('refuses a frame that it cannot do alone, and answers the others', async () => {
      await using own = links(url);
      const { link } = await own.connect();

      // RabbitMQ knows no such prefix and names no receipt; ActiveMQ names it.
      const culprit =
        name === 'RabbitMQ'
          ? subscribe('1', '/nowhere/x')
          : ({ command: 'ACK', headers: ['id', 'no-such-message'] } as const);
      const outcomes = [
        link.request(subscribe('a', topic())),
        link.request(culprit),
        link.request(subscribe('b', topic())),
        link.request(send(topic())),
      ].map(failure);

      expect(await Promise.all(outcomes)).toEqual(['resolved', 'BROKER_REFUSED', 'resolved', 'resolved']);
      expect(link.isOpen).toBe(true);
    });

    it('keeps a lasting link, which comes back with its subscriptions', async () => {
      await using own = links(url);
      const { link } = own.lasting();
      await link.start();
      const destination = topic();
      const arrived = new Promise<string>((resolve) => {
        const onMessage = ({ body }: { readonly body: Uint8Array }): void => resolve(Buffer.from(body).toString());
        const frame = () => ({ destination, ack: 'auto', headers: [] }) as const;
        void link.subscribe({ frame, onMessage, onEnded: (reason) => resolve(reason.message) });
      });

      link.link?.terminate('the test wants that');
      await (await link.whenUp()).request(send(destination, 'again'));

      expect(await arrived).toBe('again');
    });
  });
});

describeWith(rabbitmq, 'a link that RabbitMQ refuses', (url) => {
  it.each([
    ['a wrong login', {}, { login: 'nobody', passcode: 'secret-1' }, 'Access refused'],
    ['an unknown virtual host', { virtualHost: '/unknown' }, { login: 'guest', passcode: 'guest' }, 'Virtual host'],
  ])(
    'because of %s fails with BROKER_REFUSED and its words, without the passcode',
    async (_, options, credentials, words) => {
      await using own = links(url, options);

      const error = await errorOf(own.connect({ credentials }));

      expect(error).toMatchObject({ code: 'BROKER_REFUSED', endsSession: false });
      expect(error.message).toContain(words);
      expect(error.message).not.toContain('secret-1');
    },
  );

  it('a SUBSCRIBE that ends the connection fails with BROKER_REFUSED', async () => {
    await using own = links(url);
    const { link, heard } = await own.connect();

    const outcome = failure(link.request(subscribe('1', `/amq/queue/none-${randomUUID()}`)));

    expect(await outcome).toBe('BROKER_REFUSED');
    await heard.lost;
    expect(heard.errors.map(({ message }) => message)).toEqual(['not_found']);
  });
});
