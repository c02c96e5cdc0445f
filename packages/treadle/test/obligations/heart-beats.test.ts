import type { StompVersion } from '@treadle/stomp';
import type { RawClient } from './raw-client.js';
import { ALL, serve, SINCE_1_1, type StompServer, type Transport, TRANSPORTS } from './stomp-server.js';

const RECEIPT = 'SEND\ndestination:/topic/nobody\nreceipt:r\n\n\0';

/** A server that says 1000,1000. */
function beatingServer(transport: Transport): Promise<StompServer> {
  return serve(transport, { heartBeat: { sends: 1000, expects: 1000 } });
}

/** A client that says `heart-beat:sends,expects`. */
async function connectBeating(server: StompServer, version: StompVersion, heartBeat: string): Promise<RawClient> {
  const client = await server.open();
  client.type(`CONNECT\naccept-version:${version}\nhost:test\nheart-beat:${heartBeat}\n\n\0`);
  await client.next();
  return client;
}

/** The longest time in which nothing came, looked at every 50 ms. */
async function longestSilence(server: StompServer, client: RawClient, milliseconds: number): Promise<number> {
  let longest = 0;
  let lastSign = 0;
  for (let now = 50; now <= milliseconds; now += 50) {
    const before = client.octets;
    await server.clock.advance(50);
    await client.arrived();
    longest = Math.max(longest, now - lastSign);
    if (client.octets > before) lastSign = now;
  }
  return longest;
}

describe.each(TRANSPORTS)('heart-beats, over %s', (transport) => {
  describe('of the server', () => {
    it.each(SINCE_1_1.flatMap((version) => [[version, '0,0'] as const, [version, '500,0'] as const]))(
      'STOMP H1 (%s): do not come when the client wants none: %s',
      async (version, heartBeat) => {
        await using server = await serve(transport, { heartBeat: { sends: 1000, expects: 0 } });
        const client = await connectBeating(server, version, heartBeat);

        await server.clock.advance(30_000);
        await client.ask(RECEIPT);

        expect(client.heartBeats).toBe(0);
      },
    );

    it.each(SINCE_1_1)('STOMP H1 (%s): do not come when the server has none to offer', async (version) => {
      await using server = await serve(transport, { heartBeat: { sends: 0, expects: 0 } });
      const client = await connectBeating(server, version, '500,500');

      await server.clock.advance(30_000);
      await client.ask(RECEIPT);

      expect(client.heartBeats).toBe(0);
    });

    it.each(
      ALL.flatMap((version) => [
        [version, '100,200', '2500,4000'] as const,
        [version, '5000,9000', '9000,5000'] as const,
        [version, '0,9000', '9000,0'] as const,
        [version, '0,0', '0,0'] as const,
      ]),
    )(
      'STOMP H2 (%s): for heart-beat:%s CONNECTED tells what holds of its 2500,4000: %s (our decision)',
      async (version, heartBeat, answer) => {
        await using server = await serve(transport, { heartBeat: { sends: 2500, expects: 4000 } });
        const client = await server.open();

        client.type(`CONNECT\naccept-version:${version}\nhost:test\nheart-beat:${heartBeat}\n\n\0`);

        expect((await client.next()).all('heart-beat')).toEqual([answer]);
      },
    );

    it.each(
      SINCE_1_1.flatMap((version) => [
        [version, '0,1000', 1000] as const,
        [version, '0,10', 1000] as const,
        [version, '0,3000', 3000] as const,
      ]),
    )(
      'STOMP H3 (%s): an octet comes at least every MAX(sx,cy): %s means %d ms',
      async (version, heartBeat, interval) => {
        await using server = await beatingServer(transport);
        const client = await connectBeating(server, version, heartBeat);

        const silence = await longestSilence(server, client, 5 * interval);

        expect(silence).toBeLessThan(interval);
        expect(client.heartBeats).toBeGreaterThanOrEqual(5);
      },
    );

    it.each(SINCE_1_1)('STOMP H3 (%s): a frame is a sign of life: none is needed beside it', async (version) => {
      await using server = await beatingServer(transport);
      const client = await connectBeating(server, version, '0,1000');

      for (let round = 0; round < 50; round += 1) {
        await client.ask(RECEIPT);
        await server.clock.advance(100);
      }

      expect(client.heartBeats).toBe(0);
    });
  });

  describe('of the client', () => {
    it.each(
      SINCE_1_1.flatMap((version) =>
        [0.05, 0.5, 0.95].flatMap((share) => [
          [version, '1000,0', 1000, share] as const,
          [version, '2500,0', 2500, share] as const,
        ]),
      ),
    )(
      'STOMP H4 (%s): are expected every MAX(cx,sy), %s, and silence of 2 to 3 times %d ms is the end, whenever it begins (%s)',
      async (version, heartBeat, interval, share) => {
        await using server = await beatingServer(transport);
        const client = await connectBeating(server, version, heartBeat);
        await server.clock.advance(share * interval);
        client.type('\n');
        await client.arrived();

        await server.clock.advance(1.9 * interval);
        await client.arrived();
        const isPatient = !client.isClosed;
        await server.clock.advance(1.1 * interval);

        expect(isPatient).toBe(true);
        expect((await client.refusal()).header('code')).toBe('HEART_BEAT_LOST');
      },
    );

    it.each(SINCE_1_1)('STOMP H4 (%s): are not expected from who promised none', async (version) => {
      await using server = await beatingServer(transport);
      const client = await connectBeating(server, version, '0,0');

      await server.clock.advance(60_000);

      expect(await client.ask(RECEIPT)).toEqual([]);
    });

    it.each(SINCE_1_1)(
      'STOMP H4 (%s): may be any octet, also those of a frame that is not whole yet',
      async (version) => {
        await using server = await beatingServer(transport);
        const client = await connectBeating(server, version, '1000,0');

        for (const octet of Buffer.from(RECEIPT)) {
          client.type(Buffer.of(octet));
          await client.arrived();
          await server.clock.advance(1000);
        }

        expect(await client.receipt('r')).toEqual([]);
      },
    );

    it.each(SINCE_1_1)('STOMP H5 (%s): that keep to the interval keep the session for ever', async (version) => {
      await using server = await beatingServer(transport);
      const client = await connectBeating(server, version, '1000,0');

      for (let round = 0; round < 100; round += 1) {
        await server.clock.advance(1000);
        client.type('\n');
        await client.arrived();
      }

      expect(await client.ask(RECEIPT)).toEqual([]);
    });

    it.each(SINCE_1_1)(
      'STOMP H7 (%s): are not waited for before CONNECTED: the clock starts there',
      async (version) => {
        let accept: () => void = () => undefined;
        const accepted = new Promise<undefined>((resolve) => (accept = () => resolve(undefined)));
        await using server = await serve(transport, {
          heartBeat: { sends: 1000, expects: 1000 },
          authenticate: () => accepted,
        });
        const client = await server.open();
        client.type(`CONNECT\naccept-version:${version}\nheart-beat:1000,0\n\n\0`);
        await client.arrived();

        await server.clock.advance(10_000);
        accept();

        expect((await client.next()).command).toBe('CONNECTED');
        expect(await client.ask(RECEIPT)).toEqual([]);
      },
    );

    it.each(SINCE_1_1)('STOMP H7 (%s): are not missed while a large frame is on its way', async (version) => {
      await using server = await beatingServer(transport);
      const client = await connectBeating(server, version, '1000,0');

      client.type('SEND\ndestination:/topic/nobody\nreceipt:r\ncontent-length:10000\n\n');
      for (let round = 0; round < 10; round += 1) {
        client.type('x'.repeat(1000));
        await client.arrived();
        await server.clock.advance(1500);
      }
      client.type('\0');

      expect(await client.receipt('r')).toEqual([]);
    });
  });

  it.each(
    SINCE_1_1.flatMap((version) =>
      ['a,10', '10', '1,2,3', '-1,0', '', '1;2', '1.5,0'].map((header) => [version, header] as const),
    ),
  )('STOMP H6 (%s): heart-beat:%s is malformed: ERROR and the end', async (version, header) => {
    await using server = await serve(transport);
    const client = await server.open();

    client.type(`CONNECT\naccept-version:${version}\nhost:test\nheart-beat:${header}\n\n\0`);

    expect((await client.refusal()).header('code')).toBe('STOMP_MALFORMED_HEART_BEAT');
  });

  it.each(SINCE_1_1)('STOMP H8 (%s): each is one line end and nothing else', async (version) => {
    await using server = await beatingServer(transport);
    const client = await connectBeating(server, version, '0,1000');
    const before = client.octets;

    await server.clock.advance(1000);
    await client.until(() => client.heartBeats > 0, 'a heart-beat');

    expect(client.octets - before).toBe(client.heartBeats);
  });

  it('STOMP H8 (1.0): they are offered to STOMP 1.0 clients that ask for them too (our decision)', async () => {
    await using server = await beatingServer(transport);
    const client = await server.open();
    client.type('CONNECT\nheart-beat:0,1000\n\n\0');
    await client.next();

    await server.clock.advance(1000);

    await client.until(() => client.heartBeats > 0, 'a heart-beat');
  });
});
