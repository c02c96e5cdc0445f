import { attacks, CONNECT, noise, usedMemory } from './hostile-octets.js';
import { settled, until } from './session/session-fixture.js';
import { listenTcp, type TcpApplication } from './transport/tcp-application.js';
import { TcpClient } from './transport/tcp-client.js';

const TIMES = 10;

describe('hostile input over TCP', () => {
  let server: TcpApplication;
  let witness: TcpClient;
  let count = 0;

  beforeAll(async () => {
    server = await listenTcp();
    witness = await TcpClient.connect(server.port);
    await witness.subscribe('1', '/topic/witness');
  });
  afterAll(async () => {
    await witness[Symbol.asyncDispose]();
    await server.application.stop();
  });

  /** The session beside the attacks works, and has noticed nothing of them. */
  async function expectUndisturbed(): Promise<void> {
    await until(() => server.application.sessionCount === 1);
    count += 1;
    witness.type(`SEND\ndestination:/topic/witness\n\n${count}\0`);
    expect((await witness.next('MESSAGE')).body.toString()).toBe(String(count));
  }

  it.each(attacks)('ends its own session with ERROR $code: $title', async ({ messages, code }) => {
    for (let time = 0; time < TIMES; time += 1) {
      await using client = await TcpClient.open(server.port);
      for (const message of messages) client.type(message);
      await client.closed;

      expect(client.commands.at(-1)).toBe(`ERROR ${code}`);
    }
    await expectUndisturbed();
  });

  it.each(attacks)('ends it as well when the octets come in small pieces: $title', async ({ messages, code }) => {
    await using client = await TcpClient.open(server.port);
    const octets = Buffer.concat(messages.map((message) => Buffer.from(message))).subarray(0, 70_000);
    const step = Math.ceil(octets.length / 300);

    for (let from = 0; from < octets.length && !client.isClosed; from += step) {
      client.type(octets.subarray(from, from + step));
      await settled();
    }
    await client.closed;

    expect(client.commands.at(-1)).toBe(`ERROR ${code}`);
    await expectUndisturbed();
  });

  it('ends a header of 100 MiB at its limit, long before it has arrived', async () => {
    for (let time = 0; time < 3; time += 1) {
      await using client = await TcpClient.open(server.port);
      const chunk = Buffer.alloc(64 * 1024, 'x');
      client.type(`${CONNECT}SEND\nendless:`);

      let written = 0;
      while (written < 1600 && !client.isClosed) {
        await client.typeInPace(chunk);
        written += 1;
      }
      await client.closed;

      expect(client.commands).toEqual(['CONNECTED', 'ERROR STOMP_HEADER_LINE_TOO_LONG']);
      expect(written).toBeLessThan(1600);
    }
    await expectUndisturbed();
  });

  it('cut off in the middle leaves nothing behind, by the end of the stream or by a reset', async () => {
    const frame = Buffer.from(
      `${CONNECT}SUBSCRIBE\nid:1\ndestination:/topic/witness\n\n\0SEND\ndestination:/topic/x\ncontent-length:10\n\nhalf`,
    );
    for (let end = 0; end <= frame.length; end += 3) {
      await using client = await TcpClient.open(server.port);
      client.type(frame.subarray(0, end));
      if (end % 2 === 0) client.socket.end();
      else client.socket.resetAndDestroy();
      await client.closed;
    }

    await expectUndisturbed();
  });

  it('of random octets gets ERROR or is ignored; never more', async () => {
    for (let seed = 10; seed < 110; seed += 1) {
      await using client = await TcpClient.open(server.port);
      if (seed % 3 > 0) client.type(CONNECT);
      client.type(noise(seed, 1 + seed * 7));
      client.socket.end();
      await client.closed;
    }

    await expectUndisturbed();
  });

  it('of a thousand clients that connect and vanish leaves nothing behind', async () => {
    const vanish = async (number: number): Promise<void> => {
      const client = await TcpClient.open(server.port);
      if (number % 2 > 0) client.type(CONNECT);
      if (number % 3 > 0) client.socket.resetAndDestroy();
      else client.socket.destroy();
      await client.closed;
    };
    for (let number = 0; number < 1000; number += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => vanish(number + index)));
    }

    await expectUndisturbed();
  });

  it('leaves the memory as it was', async () => {
    const attackOnce = async (): Promise<void> => {
      for (const { messages } of attacks) {
        await using client = await TcpClient.open(server.port);
        for (const message of messages) client.type(message);
        await client.closed;
      }
    };
    await attackOnce();
    const before = usedMemory();

    for (let time = 0; time < 40; time += 1) await attackOnce();

    // 560 sessions: one that kept its queue, its decoder or a chunk of 64 KiB would weigh far more than this.
    expect(usedMemory() - before).toBeLessThan(4 * 1024 * 1024);
  }, 30_000);
});
