import { FakeClock } from '@treadle/testing';
import type { ConnectionListener } from '../../src/transport/connection.js';
import { MemoryConnection } from '../../src/transport/memory.js';

function setUp() {
  const heardByPeer: string[] = [];
  const heard: string[] = [];
  const connection = new MemoryConnection({
    limits: { sendBufferOctets: 100, sendTimeMs: 1000 },
    clock: new FakeClock(),
    handshake: { url: '/ws?x=1' },
    listener: {
      onOctets: (chunk) => heardByPeer.push(Buffer.from(chunk).toString()),
      onClose: (code, reason) => heardByPeer.push(`closed ${code} ${reason}`),
    },
  });
  const listener: ConnectionListener = {
    onOctets: (chunk) => heard.push(Buffer.from(chunk).toString()),
    onOverflow: () => heard.push('overflow'),
    onFault: (fault) => heard.push(fault),
    onClose: (code, reason) => heard.push(`closed ${code} ${reason}`),
  };
  const write = (text: string): void => connection.peer.write(Buffer.from(text));
  return { connection, listener, heard, heardByPeer, write };
}

const turnEnds = (): Promise<void> => new Promise((resolve) => void setImmediate(() => setImmediate(resolve)));

describe('a connection in memory', () => {
  it('keeps what comes before it is opened', () => {
    const { connection, listener, heard, write } = setUp();

    write('early');
    connection.open(listener);
    write('late');

    expect(heard).toEqual(['early', 'late']);
  });

  it('keeps what comes while it is paused, in order', async () => {
    const { connection, listener, heard, write } = setUp();
    connection.open(listener);
    connection.pause();
    write('1');
    write('2');
    const during = [...heard];

    connection.resume();
    const inside = [...heard];
    write('3');
    await turnEnds();

    expect(during).toEqual([]);
    expect(inside).toEqual([]); // never from inside a method that the listener calls
    expect(heard).toEqual(['1', '2', '3']);
  });

  it('lets the peer answer from inside a delivery without mixing up octets', async () => {
    const { connection, listener, heard, write } = setUp();
    connection.open({
      ...listener,
      onOctets: (chunk) => {
        const text = Buffer.from(chunk).toString();
        if (text === 'ping') write('answer');
        heard.push(text);
      },
    });

    write('ping');
    await turnEnds();

    expect(heard).toEqual(['ping', 'answer']);
  });

  it('writes one turn in one chunk', async () => {
    const { connection, listener, heardByPeer } = setUp();
    connection.open(listener);

    connection.send(Buffer.from('a'), Buffer.from('b'), 'text');
    connection.send(Buffer.from('c'), undefined, 'text');
    await turnEnds();

    expect(heardByPeer).toEqual(['abc']);
  });

  it('writes what is queued before it closes, and tells both ends once', async () => {
    const { connection, listener, heard, heardByPeer } = setUp();
    connection.open(listener);

    connection.send(Buffer.from('last words'), undefined, 'text');
    connection.close(1000, 'bye');
    connection.close(1001, 'again');
    connection.terminate();
    connection.peer.close();
    connection.send(Buffer.from('ignored'), undefined, 'text');
    await turnEnds();

    expect(connection.isOpen).toBe(false);
    expect(heardByPeer).toEqual(['last words', 'closed 1000 bye']);
    expect(heard).toEqual(['closed 1000 bye']);
  });

  it('hands over what was written before the peer closed, and nothing written after', async () => {
    const { connection, listener, heard, heardByPeer, write } = setUp();
    connection.open(listener);
    connection.pause();

    write('before');
    connection.peer.close(1001, 'leaving');
    write('after');
    await turnEnds();
    const during = [...heard];
    connection.resume();
    await turnEnds();

    expect(heardByPeer).toEqual(['closed 1001 leaving']);
    expect(during).toEqual([]);
    expect(heard).toEqual(['before', 'closed 1001 leaving']);
  });

  it('is cut off without a word by terminate', async () => {
    const { connection, listener, heard, heardByPeer } = setUp();
    connection.open(listener);

    connection.send(Buffer.from('lost'), undefined, 'text');
    connection.terminate();
    await turnEnds();

    expect(heardByPeer).toEqual(['closed 1006 ']);
    expect(heard).toEqual(['closed 1006 ']);
  });

  it('overflows when its peer stops reading, and gives it the rest when it reads again', async () => {
    const { connection, listener, heard, heardByPeer } = setUp();
    connection.open(listener);
    connection.peer.stopReading();

    connection.send(new Uint8Array(101).fill(0x78), undefined, 'text');
    await turnEnds();
    connection.send(Buffer.from('one too many'), undefined, 'text');
    await turnEnds();
    connection.peer.readAgain();

    expect(heard).toEqual(['overflow']);
    expect(heardByPeer).toEqual(['x'.repeat(101)]);
  });

  it('has the handshake it was given, and likely values otherwise', () => {
    const { connection } = setUp();

    expect(connection.handshake).toEqual({
      url: '/ws?x=1',
      headers: {},
      remoteAddress: undefined,
      subProtocol: undefined,
    });
  });
});
