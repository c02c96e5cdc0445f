import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { until } from './session/session-fixture.js';
import { listen, type ListeningApplication } from './transport/listening-application.js';
import { maskedFrame, RawWebSocket } from './transport/raw-web-socket.js';
import { WebSocketClient } from './transport/web-socket-client.js';

const TIMES = 40;
const CONNECT = 'CONNECT\naccept-version:1.2\nhost:x\n\n\0';

/** Text goes as a text message, octets as a binary one. */
interface Attack {
  readonly title: string;
  readonly messages: readonly (string | Uint8Array)[];
  readonly code: string;
}

const attacks: readonly Attack[] = [
  {
    title: 'bad UTF-8 in a header',
    messages: [CONNECT, Buffer.from('SEND\ndestination:/\xff\xfe\n\n\0', 'latin1')],
    code: 'STOMP_INVALID_UTF8',
  },
  {
    title: 'bad UTF-8 in CONNECT',
    messages: [Buffer.from('CONNECT\nlogin:\xc3\x28\n\n\0', 'latin1')],
    code: 'STOMP_INVALID_UTF8',
  },
  { title: 'an unknown command', messages: [CONNECT, 'EHLO\n\n\0'], code: 'STOMP_UNKNOWN_COMMAND' },
  { title: 'an endless command', messages: ['A'.repeat(100_000)], code: 'STOMP_UNKNOWN_COMMAND' },
  {
    title: 'no NUL behind a counted body',
    messages: [CONNECT, `SEND\ndestination:/topic/x\ncontent-length:4\n\nbody${CONNECT}`],
    code: 'STOMP_MISSING_NUL',
  },
  {
    title: 'no NUL for ever',
    messages: [CONNECT, 'SEND\ndestination:/topic/x\n\n', ...Array<string>(10).fill('x'.repeat(10_000))],
    code: 'STOMP_BODY_TOO_LARGE',
  },
  {
    title: 'a body announced as 9 PB',
    messages: [CONNECT, 'SEND\ndestination:/topic/x\ncontent-length:9007199254740991\n\n'],
    code: 'STOMP_BODY_TOO_LARGE',
  },
  {
    title: 'a negative content-length',
    messages: [CONNECT, 'SEND\ndestination:/topic/x\ncontent-length:-1\n\n\0'],
    code: 'STOMP_INVALID_CONTENT_LENGTH',
  },
  {
    title: 'endless headers',
    messages: [CONNECT, `SEND\n${'a:b\n'.repeat(10_000)}`],
    code: 'STOMP_HEADER_COUNT_EXCEEDED',
  },
  { title: 'SEND before CONNECT', messages: ['SEND\ndestination:/topic/x\n\nhi\0'], code: 'NOT_CONNECTED' },
  { title: 'a second CONNECT', messages: [CONNECT, CONNECT], code: 'ALREADY_CONNECTED' },
  { title: 'binary noise', messages: [noise(1, 5000)], code: 'STOMP_UNKNOWN_COMMAND' },
  { title: 'binary noise once connected', messages: [CONNECT, noise(2, 5000)], code: 'STOMP_UNKNOWN_COMMAND' },
  {
    title: 'a header named like the prototype of all objects',
    messages: [CONNECT, 'SEND\n__proto__:x\nconstructor:y\n\n\0'],
    code: 'STOMP_MISSING_HEADER',
  },
];

describe('hostile input', () => {
  let server: ListeningApplication;
  let witness: WebSocketClient;
  let count = 0;

  beforeAll(async () => {
    server = await listen();
    witness = await WebSocketClient.connect(server.url);
    await witness.subscribe('1', '/topic/witness');
  });
  afterAll(async () => {
    await witness[Symbol.asyncDispose]();
    await server.application.stop();
  });

  /** The session beside the attacks works, and has noticed nothing of them. */
  async function expectUndisturbed(): Promise<void> {
    count += 1;
    witness.type(`SEND\ndestination:/topic/witness\n\n${count}\0`);
    expect((await witness.next('MESSAGE')).body.toString()).toBe(String(count));
    expect(server.application.sessionCount).toBe(1);
  }

  it.each(attacks)('ends its own session with ERROR $code: $title', async ({ messages, code }) => {
    for (let time = 0; time < TIMES; time += 1) {
      await using client = await WebSocketClient.open(server.url);
      for (const message of messages) client.type(message);
      const { code: closeCode } = await client.closed;

      expect(client.frames.at(-1)?.command).toBe('ERROR');
      expect(client.frames.at(-1)?.headers['code']).toBe(code);
      expect([1002, 1009]).toContain(closeCode);
    }
    await expectUndisturbed();
  });

  it('ends a header of 100 MiB at its limit, long before it has arrived', async () => {
    for (let time = 0; time < 3; time += 1) {
      await using client = await RawWebSocket.upgrade(server.port);
      const chunk = maskedFrame('x'.repeat(64 * 1024));
      client.write(maskedFrame(`${CONNECT}SEND\nendless:`));

      let written = 0;
      while (written < 1600 && !client.socket.closed) {
        await client.writeInPace(chunk);
        written += 1;
      }
      await client.closed;

      expect(client.received).toContain('code:STOMP_HEADER_LINE_TOO_LONG\n');
    }
    await expectUndisturbed();
  });

  it('cut off in the middle leaves nothing behind', async () => {
    const frame = Buffer.from(
      `${CONNECT}SUBSCRIBE\nid:1\ndestination:/topic/witness\n\n\0SEND\ndestination:/topic/x\ncontent-length:10\n\nhalf`,
    );
    for (let end = 1; end <= frame.length; end += 3) {
      await using client = await RawWebSocket.upgrade(server.port);
      client.write(maskedFrame(frame.subarray(0, end)));
      client.socket.end();
      await client.closed;
    }
    await until(() => server.application.sessionCount === 1);

    await expectUndisturbed();
  });

  it('of random octets, in any kind of message, gets ERROR or is ignored; never more', async () => {
    for (let seed = 10; seed < 110; seed += 1) {
      await using client = await RawWebSocket.upgrade(server.port);
      if (seed % 3 > 0) client.write(maskedFrame(CONNECT));
      if (seed % 2 > 0) client.write(noise(seed, 1 + seed * 7));
      else client.write(maskedFrame(noise(seed, 1 + seed * 7), { opcode: 2 }));
      client.socket.end();
      await client.closed;
    }
    await until(() => server.application.sessionCount === 1);

    await expectUndisturbed();
  });

  it('leaves the memory as it was', async () => {
    const attackOnce = async (): Promise<void> => {
      for (const { messages } of attacks) {
        await using client = await WebSocketClient.open(server.url);
        for (const message of messages) client.type(message);
        await client.closed;
      }
    };
    await attackOnce();
    const before = usedMemory();

    for (let time = 0; time < TIMES; time += 1) await attackOnce();

    // 560 sessions: one that kept its queue, its decoder or a chunk of 64 KiB would weigh far more than this.
    expect(usedMemory() - before).toBeLessThan(4 * 1024 * 1024);
  });
});

/** Octets as random as they come, but the same in every run. */
function noise(seed: number, length: number): Buffer {
  let state = seed;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    }),
  );
}

/** Heap and buffers in use, after what is garbage has been collected. */
function usedMemory(): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void; // V8's own function, exposed by the flag
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return heapUsed + arrayBuffers + external;
}
