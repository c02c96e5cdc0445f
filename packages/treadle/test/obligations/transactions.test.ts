import { Controller, MessageMapping } from '../../src/annotation/mapping/mapping-decorators.js';
import { until } from '../session/session-fixture.js';
import { acknowledgement } from './acknowledgement-frames.js';
import type { RawFrame } from './raw-frame.js';
import { ALL, serve, SINCE_1_1, TRANSPORTS, WITH_QUEUES } from './stomp-server.js';

const SUBSCRIBE = 'SUBSCRIBE\nid:s\ndestination:/topic/a\nreceipt:live\n\n\0';
const NOTHING = 'SEND\ndestination:/topic/nobody\nreceipt:nothing\n\n\0';

let handled: string[] = [];

beforeEach(() => {
  handled = [];
});

@Controller()
class NoteController {
  @MessageMapping('/note')
  note(payload: Uint8Array): void {
    handled.push(Buffer.from(payload).toString());
  }
}

/** BEGIN, COMMIT or ABORT, with a receipt. */
function boundary(command: string, transaction: string): string {
  return `${command}\ntransaction:${transaction}\nreceipt:${command}-${transaction}\n\n\0`;
}

/** A SEND within a transaction. */
function send(body: string, transaction: string, destination = '/topic/a'): string {
  return `SEND\ndestination:${destination}\ntransaction:${transaction}\n\n${body}\0`;
}

function bodies(frames: readonly RawFrame[]): string[] {
  return frames.map(({ body }) => body.toString());
}

const ACKNOWLEDGING = [
  ...ALL.map((version) => [version, 'ACK'] as const),
  ...SINCE_1_1.map((version) => [version, 'NACK'] as const),
];

describe.each(TRANSPORTS)('transactions, over %s', (transport) => {
  describe('SEND', () => {
    it.each(ALL)('STOMP T1 (%s): is invisible before COMMIT, and there in order after it', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);

      await client.ask(boundary('BEGIN', 't'));
      for (const body of ['1', '2', '3']) client.type(send(body, 't'));
      const early = await client.ask(NOTHING);
      const frames = await client.ask(boundary('COMMIT', 't'));

      expect(early).toEqual([]);
      expect(bodies(frames)).toEqual(['1', '2', '3']);
    });

    it.each(ALL)(
      'STOMP T1 (%s): to a controller is handled at COMMIT too, in the order of all of them',
      async (version) => {
        await using server = await serve(transport, { controllers: [NoteController] });
        const client = await server.connect(version);

        await client.ask(boundary('BEGIN', 't'));
        for (const body of ['1', '2', '3']) client.type(send(body, 't', '/app/note'));
        await client.ask(NOTHING);
        const early = handled.length;
        await client.ask(boundary('COMMIT', 't'));

        expect(early).toBe(0);
        expect(handled).toEqual(['1', '2', '3']);
      },
    );

    it.each(ALL)('STOMP T1 (%s): outside of it is not held up by an open one', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);

      await client.ask(boundary('BEGIN', 't'));
      client.type(send('in', 't'));
      const early = await client.ask('SEND\ndestination:/topic/a\nreceipt:r\n\nout\0');
      const late = await client.ask(boundary('COMMIT', 't'));

      expect(bodies(early)).toEqual(['out']);
      expect(bodies(late)).toEqual(['in']);
    });

    it.each(ALL)('STOMP T1 (%s): shows its receivers nothing of the transaction', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);

      await client.ask(boundary('BEGIN', 't'));
      client.type(send('1', 't'));
      const [message] = await client.ask(boundary('COMMIT', 't'));

      expect(message?.header('transaction')).toBeUndefined();
    });

    it.each(ALL)('STOMP T2 (%s): is not delivered after ABORT', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);

      await client.ask(boundary('BEGIN', 't'));
      client.type(send('1', 't'));

      expect(await client.ask(boundary('ABORT', 't'))).toEqual([]);
      expect(await client.ask(NOTHING)).toEqual([]);
    });

    it.each(ALL)('STOMP T3 (%s): is not delivered when the connection is lost', async (version) => {
      await using server = await serve(transport);
      const [client, witness] = [await server.connect(version), await server.connect('1.2')];
      await witness.ask(SUBSCRIBE);

      await client.ask(boundary('BEGIN', 't'));
      client.type(send('1', 't'));
      await client.ask(NOTHING);
      client.vanish();
      await client.rest();

      expect(await witness.ask(NOTHING)).toEqual([]);
    });

    it.each(ALL)(
      'STOMP T3 (%s): is delivered when COMMIT has come before the connection was lost, all of it',
      async (version) => {
        await using server = await serve(transport, WITH_QUEUES);
        const client = await server.connect(version);
        await client.ask(boundary('BEGIN', 't'));
        const sent = Array.from({ length: 500 }, (_, index) => String(index));
        await client.ask(sent.map((body) => send(body, 't', '/queue/a')).join('') + NOTHING);

        client.type(boundary('COMMIT', 't'));
        await client.arrived();
        client.vanish();
        await until(() => server.application.sessionCount === 0);

        expect(bodies(await server.drain('/queue/a'))).toEqual(sent);
      },
    );

    it.each(ALL)('STOMP T4 (%s): is not delivered after DISCONNECT', async (version) => {
      await using server = await serve(transport);
      const [client, witness] = [await server.connect(version), await server.connect('1.2')];
      await witness.ask(SUBSCRIBE);

      await client.ask(boundary('BEGIN', 't'));
      client.type(`${send('1', 't')}DISCONNECT\nreceipt:bye\n\n\0`);
      const rest = await client.rest();

      expect(rest.map((frame) => frame.header('receipt-id'))).toEqual(['bye']);
      expect(await witness.ask(NOTHING)).toEqual([]);
    });

    it.each(ALL)(
      'STOMP R4 (%s): its receipt comes at once, when it is held (our decision, as ActiveMQ)',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);
        await client.ask(boundary('BEGIN', 't'));

        const before = await client.ask(send('1', 't').replace('\n\n', '\nreceipt:held\n\n'));

        expect(before).toEqual([]);
      },
    );
  });

  describe('ACK and NACK', () => {
    it.each(ALL)('STOMP T5 (%s): ACK counts at COMMIT', async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['1']);
      const client = await server.connect(version);
      client.type('SUBSCRIBE\nid:s\ndestination:/queue/a\nack:client\n\n\0');
      const message = await client.next();

      await client.ask(boundary('BEGIN', 't'));
      client.type(acknowledgement('ACK', message, version, 'transaction:t\n'));
      await client.ask(boundary('COMMIT', 't'));
      client.type('DISCONNECT\nreceipt:bye\n\n\0');
      await client.rest();

      expect(await server.drain('/queue/a')).toEqual([]);
    });

    it.each(ALL)(
      'STOMP T5 (%s): ACK does not count before COMMIT: a lost connection brings the message back',
      async (version) => {
        await using server = await serve(transport, WITH_QUEUES);
        await server.fill('/queue/a', ['1']);
        const client = await server.connect(version);
        client.type('SUBSCRIBE\nid:s\ndestination:/queue/a\nack:client\n\n\0');
        const message = await client.next();

        await client.ask(boundary('BEGIN', 't'));
        await client.ask(acknowledgement('ACK', message, version, 'transaction:t\nreceipt:r\n'));
        client.vanish();
        await client.rest();

        expect(bodies(await server.drain('/queue/a'))).toEqual(['1']);
      },
    );

    it.each(SINCE_1_1)('STOMP T5 (%s): NACK counts at COMMIT, not before', async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['1']);
      const client = await server.connect(version);
      client.type('SUBSCRIBE\nid:s\ndestination:/queue/a\nack:client-individual\n\n\0');
      const message = await client.next();

      await client.ask(boundary('BEGIN', 't'));
      client.type(acknowledgement('NACK', message, version, 'transaction:t\n'));
      const early = await client.ask(NOTHING);
      client.type(boundary('COMMIT', 't').replace(/receipt:.*\n/, ''));
      const again = await client.next();

      expect(early).toEqual([]);
      expect(again.body.toString()).toBe('1');
    });

    it.each(ACKNOWLEDGING)('STOMP T6 (%s): %s does not count at ABORT', async (version, command) => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['1']);
      const client = await server.connect(version);
      client.type('SUBSCRIBE\nid:s\ndestination:/queue/a\nack:client\n\n\0');
      const message = await client.next();

      await client.ask(boundary('BEGIN', 't'));
      client.type(acknowledgement(command, message, version, 'transaction:t\n'));
      const after = await client.ask(boundary('ABORT', 't'));
      client.type('DISCONNECT\nreceipt:bye\n\n\0');
      await client.rest();

      expect(after).toEqual([]);
      expect(bodies(await server.drain('/queue/a'))).toEqual(['1']);
    });

    it.each(ACKNOWLEDGING)(
      'STOMP T6 (%s): after %s and ABORT the message can be acknowledged again',
      async (version, command) => {
        await using server = await serve(transport, WITH_QUEUES);
        await server.fill('/queue/a', ['1']);
        const client = await server.connect(version);
        client.type('SUBSCRIBE\nid:s\ndestination:/queue/a\nack:client\n\n\0');
        const message = await client.next();
        await client.ask(boundary('BEGIN', 't'));
        client.type(acknowledgement(command, message, version, 'transaction:t\n'));
        await client.ask(boundary('ABORT', 't'));

        await client.ask(acknowledgement('ACK', message, version, 'receipt:r\n'));
        client.type('DISCONNECT\nreceipt:bye\n\n\0');
        await client.rest();

        expect(await server.drain('/queue/a')).toEqual([]);
      },
    );

    it.each(ALL)(
      'STOMP T5 (%s): a message acknowledged in a transaction cannot be acknowledged beside it',
      async (version) => {
        await using server = await serve(transport, WITH_QUEUES);
        await server.fill('/queue/a', ['1']);
        const client = await server.connect(version);
        client.type('SUBSCRIBE\nid:s\ndestination:/queue/a\nack:client\n\n\0');
        const message = await client.next();
        await client.ask(boundary('BEGIN', 't'));
        await client.ask(acknowledgement('ACK', message, version, 'transaction:t\nreceipt:r\n'));

        client.type(acknowledgement('ACK', message, version));

        expect((await client.refusal()).header('code')).toBe('ACKNOWLEDGEMENT_UNKNOWN');
      },
    );
  });

  describe('ids', () => {
    it.each(ALL)('STOMP T7 (%s): several open at once do not mix', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);
      await client.ask(boundary('BEGIN', 't') + boundary('BEGIN', 'u') + boundary('BEGIN', 'v'));
      for (const body of ['1', '2']) client.type(send(`t${body}`, 't') + send(`u${body}`, 'u') + send(`v${body}`, 'v'));

      const ofU = await client.ask(boundary('COMMIT', 'u'));
      const ofV = await client.ask(boundary('ABORT', 'v'));
      const ofT = await client.ask(boundary('COMMIT', 't'));

      expect(bodies(ofU)).toEqual(['u1', 'u2']);
      expect(ofV).toEqual([]);
      expect(bodies(ofT)).toEqual(['t1', 't2']);
    });

    it.each(ALL)(
      'STOMP T7 (%s): may be used again after COMMIT and after ABORT, and what was aborted stays away',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);
        await client.ask(SUBSCRIBE);

        const frames = [
          ...(await client.ask(boundary('BEGIN', 't') + send('1', 't') + boundary('COMMIT', 't'))),
          ...(await client.ask(boundary('BEGIN', 't') + send('2', 't') + boundary('ABORT', 't'))),
          ...(await client.ask(boundary('BEGIN', 't') + send('3', 't') + boundary('COMMIT', 't'))),
        ].filter(({ command }) => command === 'MESSAGE');

        expect(bodies(frames)).toEqual(['1', '3']);
      },
    );

    it.each(ALL)('STOMP T7 (%s): are those of a connection', async (version) => {
      await using server = await serve(transport);
      const [one, other] = [await server.connect(version), await server.connect(version)];
      await one.ask(SUBSCRIBE);

      await one.ask(boundary('BEGIN', 't'));
      await other.ask(boundary('BEGIN', 't'));
      one.type(send('1', 't'));
      await other.ask(boundary('ABORT', 't'));

      expect(bodies(await one.ask(boundary('COMMIT', 't')))).toEqual(['1']);
    });

    it.each(ALL)('STOMP T8 (%s): BEGIN of an open one: ERROR and the end', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(boundary('BEGIN', 't'));

      client.type('BEGIN\ntransaction:t\n\n\0');

      expect((await client.refusal()).header('code')).toBe('TRANSACTION_ID_IN_USE');
    });

    it.each(
      ALL.flatMap((version) =>
        ['SEND', 'COMMIT', 'ABORT', 'ACK', 'NACK']
          .filter((command) => command !== 'NACK' || version !== '1.0')
          .map((command) => [version, command] as const),
      ),
    )('STOMP T9 (%s): %s with an unknown one: ERROR and the end', async (version, command) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask('SUBSCRIBE\nid:s\ndestination:/topic/a\nack:client\nreceipt:live\n\n\0');
      await client.ask(boundary('BEGIN', 'other'));
      const [message] = await client.ask('SEND\ndestination:/topic/a\nreceipt:r\n\nhi\0');
      const id = message?.header('message-id');

      client.type(
        `${command}\ntransaction:t\ndestination:/topic/a\nid:${message?.header('ack')}\nmessage-id:${id}\nsubscription:s\n\n\0`,
      );

      expect((await client.refusal()).header('code')).toBe('TRANSACTION_UNKNOWN');
    });

    it.each(ALL)('STOMP T9 (%s): one that was committed is unknown', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(boundary('BEGIN', 't') + boundary('COMMIT', 't'));

      client.type(send('1', 't'));

      expect((await client.refusal()).header('code')).toBe('TRANSACTION_UNKNOWN');
    });

    it.each(ALL.flatMap((version) => ['BEGIN', 'COMMIT', 'ABORT'].map((command) => [version, command] as const)))(
      'STOMP T10 (%s): %s without transaction: ERROR and the end',
      async (version, command) => {
        await using server = await serve(transport);
        const client = await server.connect(version);

        client.type(`${command}\nfoo:bar\n\n\0`);

        expect((await client.refusal()).header('code')).toBe('STOMP_MISSING_HEADER');
      },
    );
  });

  describe('limits', () => {
    it.each(ALL)('STOMP T11 (%s): more open transactions than allowed: ERROR and the end', async (version) => {
      await using server = await serve(transport, { limits: { transactions: 2 } });
      const client = await server.connect(version);
      await client.ask(boundary('BEGIN', '1') + boundary('BEGIN', '2'));

      client.type('BEGIN\ntransaction:3\n\n\0');

      expect((await client.refusal()).header('code')).toBe('TRANSACTION_LIMIT_EXCEEDED');
    });

    it.each(ALL)('STOMP T11 (%s): more frames than allowed, over all of them: ERROR and the end', async (version) => {
      await using server = await serve(transport, { limits: { transactionFrames: 3 } });
      const client = await server.connect(version);
      await client.ask(
        boundary('BEGIN', 't') + boundary('BEGIN', 'u') + send('1', 't') + send('2', 'u') + send('3', 't') + NOTHING,
      );

      client.type(send('4', 'u'));

      expect((await client.refusal()).header('code')).toBe('TRANSACTION_LIMIT_EXCEEDED');
    });

    it.each(ALL)('STOMP T11 (%s): more octets than allowed, over all of them: ERROR and the end', async (version) => {
      await using server = await serve(transport, { limits: { transactionOctets: 2000 } });
      const client = await server.connect(version);
      await client.ask(boundary('BEGIN', 't') + boundary('BEGIN', 'u') + send('x'.repeat(900), 't') + NOTHING);

      client.type(send('x'.repeat(1200), 'u'));

      expect((await client.refusal()).header('code')).toBe('TRANSACTION_LIMIT_EXCEEDED');
    });

    it.each(ALL)('STOMP T11 (%s): what was committed or aborted does not count any more', async (version) => {
      await using server = await serve(transport, { limits: { transactions: 1, transactionFrames: 2 } });
      const client = await server.connect(version);

      for (const end of ['COMMIT', 'ABORT', 'COMMIT', 'ABORT']) {
        await client.ask(boundary('BEGIN', 't') + send('1', 't') + send('2', 't') + boundary(end, 't'));
      }

      await client.ask(NOTHING);
    });
  });

  it.each(ALL)(
    'STOMP R1 (%s): RECEIPT comes for BEGIN, COMMIT, ABORT, ACK and NACK that ask for it',
    async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['1', '2']);
      const client = await server.connect(version);
      client.type(`SUBSCRIBE\nid:s\ndestination:/queue/a\nack:client\n\n\0`);
      const [first, second] = [await client.next(), await client.next()];

      for (const text of [
        boundary('BEGIN', 't'),
        boundary('COMMIT', 't'),
        boundary('BEGIN', 'u'),
        boundary('ABORT', 'u'),
      ]) {
        expect(await client.ask(text)).toEqual([]);
      }
      expect(await client.ask(acknowledgement('ACK', first, version, 'receipt:ack\n'))).toEqual([]);
      if (version === '1.0') return; // it has no NACK
      expect(await client.ask(acknowledgement('NACK', second, version, 'requeue:false\nreceipt:nack\n'))).toEqual([]);
    },
  );
});
