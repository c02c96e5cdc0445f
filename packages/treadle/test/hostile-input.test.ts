import { attacks, CONNECT, noise, usedMemory } from './hostile-octets.js';
import { until } from './session/session-fixture.js';
import { listen, type ListeningApplication } from './transport/listening-application.js';
import { maskedFrame, RawWebSocket } from './transport/raw-web-socket.js';
import { WebSocketClient } from './transport/web-socket-client.js';

const TIMES = 40;

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
  }, 30_000);
});
