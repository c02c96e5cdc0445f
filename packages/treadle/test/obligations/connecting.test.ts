import { AuthenticationError } from '../../src/foundation/errors.js';
import { RecordingLogger } from '../broker/broker-under-test.js';
import { until } from '../session/session-fixture.js';
import { ALL, CONNECT, serve, SINCE_1_1, TRANSPORTS } from './stomp-server.js';

const SUBSCRIBE = 'SUBSCRIBE\nid:s\ndestination:/topic/a\nreceipt:live\n\n\0';

describe.each(TRANSPORTS)('connecting, over %s', (transport) => {
  describe('the first frame', () => {
    it.each(['SEND', 'SUBSCRIBE', 'UNSUBSCRIBE', 'ACK', 'NACK', 'BEGIN', 'COMMIT', 'ABORT', 'DISCONNECT'])(
      'STOMP C1: %s instead of CONNECT or STOMP: ERROR and the end',
      async (command) => {
        await using server = await serve(transport);
        const client = await server.open();

        client.type(`${command}\nid:1\ndestination:/topic/a\ntransaction:t\nreceipt:r\n\n\0`);

        const error = await client.refusal();
        expect(error.header('code')).toBe('NOT_CONNECTED');
        expect(error.header('receipt-id')).toBe('r');
      },
    );

    it.each(SINCE_1_1)('STOMP C2 (%s): STOMP is treated like CONNECT', async (version) => {
      await using server = await serve(transport);
      const client = await server.open();

      client.type(`STOMP\naccept-version:${version}\nhost:test\n\n\0`);

      const connected = await client.next();
      expect(connected.command).toBe('CONNECTED');
      expect(connected.header('version')).toBe(version);
    });

    it('STOMP C3 (1.0): without accept-version the session is one of STOMP 1.0, whatever the command', async () => {
      await using server = await serve(transport);
      const [client, other] = [await server.open(), await server.open()];

      client.type('CONNECT\nlogin:a\npasscode:b\n\n\0');
      other.type('STOMP\nhost:test\n\n\0');

      expect((await client.next()).header('version')).toBe('1.0');
      expect((await other.next()).header('version')).toBe('1.0');
    });

    it.each([
      ['1.0', '1.0'],
      ['1.1', '1.0,1.1'],
      ['1.2', '1.0,1.1,1.2'],
      ['1.2', '1.2,1.1,1.0'],
      ['1.2', '1.1,1.2,1.0'],
      ['1.1', '1.1,2.0'],
      ['1.0', '1.0,10.1,11.2,1.10,1.22'],
      ['1.2', '2.1,1.2,foo'],
      ['1.1', '1.0, 1.1'],
    ])('STOMP C4 (%s): the highest version in common of accept-version:%s', async (version, acceptVersion) => {
      await using server = await serve(transport);
      const client = await server.open();

      client.type(`CONNECT\naccept-version:${acceptVersion}\nhost:test\n\n\0`);

      expect((await client.next()).header('version')).toBe(version);
    });

    it.each(['2.0', '10.1', '1.22,11.0', '', '1', '1.', 'one'])(
      'STOMP C5: accept-version:%s has none in common: ERROR, then the end',
      async (acceptVersion) => {
        await using server = await serve(transport);
        const client = await server.open();

        client.type(`CONNECT\naccept-version:${acceptVersion}\nhost:test\n\n\0`);

        expect((await client.refusal()).header('code')).toBe('VERSION_UNSUPPORTED');
      },
    );

    it('STOMP C5b: that ERROR lists our versions in its version header and has a readable body', async () => {
      await using server = await serve(transport);
      const client = await server.open();

      client.type('CONNECT\naccept-version:2.0\nhost:test\n\n\0');

      const error = await client.refusal();
      expect(error.header('version')).toBe('1.0,1.1,1.2');
      expect(error.header('content-type')).toMatch(/^text\/plain/);
      expect(error.body.length).toBeGreaterThan(0);
    });
  });

  describe('CONNECTED', () => {
    it.each(ALL)('STOMP C6 (%s): has the version', async (version) => {
      await using server = await serve(transport);
      const client = await server.open();

      client.type(CONNECT[version]);

      expect((await client.next()).all('version')).toEqual([version]);
    });

    it.each(ALL)(
      'STOMP C7 (%s): has a session, another one for each, and a server as name/version',
      async (version) => {
        await using server = await serve(transport);
        const [first, second] = [await server.open(), await server.open()];

        first.type(CONNECT[version]);
        second.type(CONNECT[version]);

        const [one, other] = [await first.next(), await second.next()];
        expect(one.header('session')).toMatch(/./);
        expect(one.header('session')).not.toBe(other.header('session'));
        expect(one.header('server')).toMatch(/^[^\s/]+(\/\S+)?( \S+)*$/);
      },
    );

    it.each(['host:elsewhere.example\n', 'host:/\n', 'host:\n', ''])(
      'STOMP C8: comes for any host, and for none: %j (our decision)',
      async (host) => {
        await using server = await serve(transport);
        const client = await server.open();

        client.type(`CONNECT\naccept-version:1.2\n${host}\n\0`);

        expect((await client.next()).command).toBe('CONNECTED');
      },
    );

    it.each(ALL)('STOMP C12 (%s): is the only answer to a CONNECT that asks for a receipt', async (version) => {
      await using server = await serve(transport);
      const client = await server.open();

      client.type(`CONNECT\naccept-version:${version}\nreceipt:c\n\n\0`);

      expect((await client.next()).command).toBe('CONNECTED');
      expect(await client.ask(SUBSCRIBE)).toEqual([]);
    });
  });

  describe('a login', () => {
    const authenticate = ({ login, passcode }: { login: string | undefined; passcode: string | undefined }) => {
      if (login !== 'alice' || passcode !== 'secret-1') throw new AuthenticationError('no such login');
      return { name: login };
    };

    it.each(ALL)(
      'STOMP C9 (%s): that is refused: ERROR and the end, the same whichever half is wrong',
      async (version) => {
        await using server = await serve(transport, { authenticate });
        const [stranger, guesser] = [await server.open(), await server.open()];

        stranger.type(`CONNECT\naccept-version:${version}\nlogin:mallory\npasscode:secret-1\n\n\0`);
        guesser.type(`CONNECT\naccept-version:${version}\nlogin:alice\npasscode:secret-2\n\n\0`);

        const [first, second] = [await stranger.refusal(), await guesser.refusal()];
        expect(first.header('code')).toBe('AUTHENTICATION_FAILED');
        const withoutId = (text: string): string => text.replace(/correlation-id:.*/, '');
        expect(withoutId(first.text)).toBe(withoutId(second.text));
        expect(first.text + second.text).not.toMatch(/mallory|alice|secret/);
      },
    );

    it.each(ALL)('STOMP C9 (%s): its passcode is neither logged nor echoed, accepted or refused', async (version) => {
      const logger = new RecordingLogger();
      await using server = await serve(transport, { authenticate, logger });
      const [alice, guesser] = [await server.open(), await server.open()];

      alice.type(`CONNECT\naccept-version:${version}\nlogin:alice\npasscode:secret-1\n\n\0`);
      guesser.type(`CONNECT\naccept-version:${version}\nlogin:alice\npasscode:secret-2\n\n\0`);

      const [connected, error] = [await alice.next(), await guesser.refusal()];
      expect(connected.header('user-name')).toBe('alice');
      expect(connected.text + error.text + JSON.stringify(logger.lines)).not.toContain('secret');
    });
  });

  describe('heart-beats', () => {
    it.each(ALL)('STOMP C10 (%s): are 0,0 for a client that says nothing of them', async (version) => {
      await using server = await serve(transport, { heartBeat: { sends: 1000, expects: 1000 } });
      const client = await server.connect(version);
      const before = client.octets;

      await server.clock.advance(60_000);

      expect(await client.ask(SUBSCRIBE)).toEqual([]);
      expect(client.heartBeats).toBe(0);
      expect(client.octets).toBe(before + 'RECEIPT\nreceipt-id:live\n\n\0'.length);
    });
  });

  describe('once connected', () => {
    it.each(ALL.flatMap((version) => [[version, 'CONNECT'] as const, [version, 'STOMP'] as const]))(
      'STOMP C11 (%s): a second frame %s: ERROR and the end',
      async (version, command) => {
        await using server = await serve(transport);
        const client = await server.connect(version);

        client.type(`${command}\naccept-version:${version}\nhost:test\n\n\0`);

        expect((await client.refusal()).header('code')).toBe('ALREADY_CONNECTED');
      },
    );

    it.each(ALL)('STOMP C14 (%s): an unknown command: ERROR and the end (our decision before 1.2)', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('FOO\ndestination:/topic/a\n\n\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_UNKNOWN_COMMAND');
    });

    it.each(ALL)('STOMP C14 (%s): a command of servers is an unknown one', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('MESSAGE\ndestination:/topic/a\nmessage-id:1\nsubscription:s\n\nhi\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_UNKNOWN_COMMAND');
    });

    it('STOMP C14 (1.0): NACK is an unknown command (our decision)', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.0');

      client.type('NACK\nmessage-id:1\n\n\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_UNKNOWN_COMMAND');
    });
  });

  describe('many connections', () => {
    it.each(ALL)(
      'STOMP C13 (%s): clients that connect and disconnect rapidly leave nothing behind',
      async (version) => {
        await using server = await serve(transport);
        const timers = server.clock.timerCount;

        for (let round = 0; round < 100; round += 1) {
          const client = await server.open();
          client.type(`${CONNECT[version]}${SUBSCRIBE}DISCONNECT\nreceipt:bye\n\n\0`);
          const commands = (await client.rest()).map(({ command }) => command);
          expect(commands).toEqual(['CONNECTED', 'RECEIPT', 'RECEIPT']);
        }

        expect(server.application.sessionCount).toBe(0);
        await until(() => server.clock.timerCount === timers); // the last socket waits for its client's half of the end
      },
    );

    it.each(ALL)(
      'STOMP C13 (%s): clients that vanish are forgotten at once when nothing of theirs is in progress',
      async (version) => {
        await using server = await serve(transport);
        const timers = server.clock.timerCount;

        for (let round = 0; round < 100; round += 1) {
          const client = await server.connect(version);
          client.vanish();
        }

        await until(() => server.application.sessionCount === 0 && server.clock.timerCount === timers);
      },
    );
  });

  describe('patience', () => {
    it('STOMP C15: who says nothing, or line ends alone, for too long: ERROR and the end', async () => {
      await using server = await serve(transport, { limits: { connectTimeMs: 5000 } });
      const [silent, beating, slow] = [await server.open(), await server.open(), await server.open()];
      beating.type('\n\n');
      slow.type('CONNECT\naccept-ver');
      await slow.arrived();

      await server.clock.advance(5000);

      for (const client of [silent, beating, slow]) {
        expect((await client.refusal()).header('code')).toBe('CONNECT_TIME_EXCEEDED');
      }
    });

    it.each(ALL)('STOMP C15 (%s): who connects in time is not measured by it any more', async (version) => {
      await using server = await serve(transport, { limits: { connectTimeMs: 5000 } });
      const client = await server.connect(version);

      await server.clock.advance(60_000);

      expect(await client.ask(SUBSCRIBE)).toEqual([]);
    });

    it.each(ALL)('STOMP C15 (%s): frames behind one that gets ERROR are not processed', async (version) => {
      await using server = await serve(transport);
      const [client, witness] = [await server.connect(version), await server.connect('1.2')];
      await witness.ask(SUBSCRIBE);

      client.type('SEND\n\nno destination\0SEND\ndestination:/topic/a\nreceipt:r\n\ntoo late\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_MISSING_HEADER');
      expect(await witness.ask('SEND\ndestination:/topic/b\nreceipt:sent\n\n\0')).toEqual([]);
    });
  });
});
