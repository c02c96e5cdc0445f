import { FakeClock } from '@treadle/testing';
import type { OutboundLimits } from '../../src/transport/connection.js';
import { FlushQueue, type Framing, type OctetSink, OutboundBuffer } from '../../src/transport/outbound-buffer.js';
import { WEB_SOCKET_FRAMING } from '../../src/transport/web-socket-framing.js';

const NO_FRAMING: Framing = { prefixLength: () => 0, writePrefix() {} };

/** A socket whose other end reads only when the test says so. */
class SlowSink implements OctetSink {
  /** Every chunk written, as the same object. */
  readonly chunks: Uint8Array[] = [];
  /** `cork`, `write` and `uncork`, in order. */
  readonly calls: string[] = [];
  isReading = true;
  writableLength = 0;
  #pending: { chunk: Uint8Array; written: (() => void) | undefined }[] = [];

  write(chunk: Uint8Array, written?: () => void): boolean {
    this.chunks.push(chunk);
    this.calls.push('write');
    this.writableLength += chunk.length;
    this.#pending.push({ chunk, written });
    if (this.isReading) this.read(Number.POSITIVE_INFINITY);
    return this.isReading;
  }

  cork(): void {
    this.calls.push('cork');
  }

  uncork(): void {
    this.calls.push('uncork');
  }

  /** The other end takes this many chunks. */
  read(count: number): void {
    for (const { chunk, written } of this.#pending.splice(0, count)) {
      this.writableLength -= chunk.length;
      written?.();
    }
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }
}

function setUp(limits: Partial<OutboundLimits> = {}, framing = NO_FRAMING) {
  const sink = new SlowSink();
  const clock = new FakeClock();
  const overflows: string[] = [];
  const buffer = new OutboundBuffer({
    sink,
    framing,
    limits: { sendBufferOctets: 1000, sendTimeMs: 5000, ...limits },
    flushQueue: new FlushQueue(),
    clock,
    onOverflow: (detail) => overflows.push(detail),
  });
  const push = (head: string, tail?: Uint8Array): void => buffer.push(Buffer.from(head), tail, 'text');
  return { sink, clock, overflows, buffer, push };
}

const turnEnds = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const octets = (length: number): Uint8Array => new Uint8Array(length).fill(0x78);

describe('what is sent in one turn of the event loop', () => {
  it('leaves in one write when the turn ends, in order', async () => {
    const { sink, push } = setUp();

    push('one ', Buffer.from('1 '));
    await Promise.resolve();
    push('two ', Buffer.from('2 '));
    push('three');
    const before = sink.calls.length;
    await turnEnds();

    expect(before).toBe(0);
    expect(sink.calls).toEqual(['write']);
    expect(sink.text).toBe('one 1 two 2 three');
  });

  it('leaves in as many writes as there were turns', async () => {
    const { sink, push } = setUp();

    push('one');
    await turnEnds();
    push('two');
    await turnEnds();

    expect(sink.calls).toEqual(['write', 'write']);
  });

  it('leaves for all peers by one timer', async () => {
    const flushQueue = new FlushQueue();
    const sinks = Array.from({ length: 50 }, () => new SlowSink());
    const scheduled = jest.spyOn(globalThis, 'setImmediate');

    for (const sink of sinks) {
      const limits = { sendBufferOctets: 1000, sendTimeMs: 5000 };
      const buffer = new OutboundBuffer({
        sink,
        framing: NO_FRAMING,
        limits,
        flushQueue,
        clock: new FakeClock(),
        onOverflow() {},
      });
      buffer.push(octets(10), undefined, 'text');
      buffer.push(octets(10), undefined, 'text');
    }
    const timers = scheduled.mock.calls.length;
    scheduled.mockRestore();
    await turnEnds();

    expect(timers).toBe(1);
    expect(sinks.every(({ calls }) => calls.length === 1)).toBe(true);
  });

  it('leaves at once when asked for', () => {
    const { sink, buffer, push } = setUp();

    push('one');
    buffer.flush();

    expect(sink.text).toBe('one');
  });

  it('is written before the turn ends when it is much, so that the limit sees what stays behind', () => {
    const { sink, push } = setUp();

    for (let count = 0; count < 70; count += 1) push('x'.repeat(1000));

    expect(sink.calls.length).toBeGreaterThan(0);
  });

  it.each([
    [1000, 64],
    [200 * 1024, 100],
    [10 * 1024 * 1024, 256],
  ])('of which %d octets may wait is written at %d KiB', (sendBufferOctets, kibibytes) => {
    const { sink, push } = setUp({ sendBufferOctets });

    for (let count = 1; count < kibibytes; count += 1) push('x'.repeat(1024));
    const before = sink.calls.length;
    push('x'.repeat(1024));

    expect([before, sink.calls.length]).toEqual([0, 1]);
  });

  it('keeps the order of what came before and after one that was written', async () => {
    const { sink, push } = setUp();

    push('first ');
    await turnEnds();
    push('second ');
    push('third ', Buffer.from('tail '));
    push('fourth');
    await turnEnds();

    expect(sink.text).toBe('first second third tail fourth');
    expect(sink.calls).toEqual(['write', 'write']);
  });

  it('may be one frame of no octets', async () => {
    const { sink, push } = setUp();

    push('');
    push('x');
    await turnEnds();

    expect(sink.text).toBe('x');
  });
});

describe('a large body', () => {
  it('is never copied: the same object is written for every peer, between a cork and an uncork', async () => {
    const body = octets(513);
    const { sink, push } = setUp();
    const other = setUp();

    push('head ', body);
    other.push('other head ', body);
    await turnEnds();

    expect(sink.chunks).toHaveLength(2);
    expect(sink.chunks[1]).toBe(body);
    expect(other.sink.chunks[1]).toBe(body);
    expect(sink.calls).toEqual(['cork', 'write', 'write', 'uncork']);
  });

  it('of 512 octets or less is gathered with its neighbours', async () => {
    const { sink, push } = setUp();

    push('a', octets(512));
    push('b', octets(1));
    await turnEnds();

    expect(sink.calls).toEqual(['write']);
    expect(sink.chunks[0]).toHaveLength(515);
  });

  it('keeps its place among small ones', async () => {
    const { sink, push } = setUp();

    push('a', Buffer.from('1'));
    push('b', Buffer.from('2'.repeat(600)));
    push('c', Buffer.from('3'));
    push('d', Buffer.from('4'.repeat(700)));
    push('e');
    await turnEnds();

    expect(sink.text).toBe(`a1b${'2'.repeat(600)}c3d${'4'.repeat(700)}e`);
    expect(sink.calls).toEqual(['cork', 'write', 'write', 'write', 'write', 'write', 'uncork']);
  });
});

describe('WebSocket framing (RFC 6455 § 5.2)', () => {
  it.each([
    [0, [0x81, 0]],
    [1, [0x81, 1]],
    [125, [0x81, 125]],
    [126, [0x81, 126, 0, 126]],
    [65_535, [0x81, 126, 0xff, 0xff]],
    [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
    [16_777_217, [0x81, 127, 0, 0, 0, 0, 1, 0, 0, 1]],
  ])('announces %d octets exactly', (length, prefix) => {
    const { sink, buffer } = setUp({ sendBufferOctets: 100_000_000 }, WEB_SOCKET_FRAMING);

    buffer.push(octets(Math.min(length, 20)), length > 20 ? octets(length - 20) : undefined, 'text');
    buffer.flush();

    const written = Buffer.concat(sink.chunks);
    expect([...written.subarray(0, prefix.length)]).toEqual(prefix);
    expect(written).toHaveLength(prefix.length + length);
  });

  it('says whether a message is text or binary', () => {
    const { sink, buffer } = setUp({}, WEB_SOCKET_FRAMING);

    buffer.push(Buffer.from('a'), Buffer.from('b'), 'text');
    buffer.push(Buffer.from('c'), undefined, 'binary');
    buffer.flush();

    expect(Buffer.concat(sink.chunks).toString('latin1')).toBe('\x81\x02ab\x82\x01c');
  });
});

describe('a peer that does not read', () => {
  it('overflows once when more octets wait than allowed', async () => {
    const { sink, push, overflows } = setUp({ sendBufferOctets: 100 });
    sink.isReading = false;

    push('x'.repeat(60));
    await turnEnds();
    push('x'.repeat(60));
    await turnEnds();
    const before = [...overflows];
    push('y');
    push('y');
    await turnEnds();

    expect(before).toEqual([]);
    expect(overflows).toEqual(['120 octets wait, 100 are allowed']);
    expect(sink.text).not.toContain('y');
  });

  it('overflows once when nothing is taken in the time allowed', async () => {
    const { sink, clock, push, overflows } = setUp({ sendTimeMs: 5000 });
    sink.isReading = false;
    push('x');
    await turnEnds();

    await clock.advance(4999);
    const before = [...overflows];
    await clock.advance(1);
    await clock.advance(60_000);

    expect(before).toEqual([]);
    expect(overflows).toEqual(['nothing was taken for 5000 ms, 1 octets wait']);
  });

  it('is not told so from inside a push, whose caller may be delivering to many', async () => {
    const { sink, buffer, push, overflows } = setUp({ sendBufferOctets: 10 });
    sink.isReading = false;
    push('x'.repeat(20));
    buffer.flush();

    push('y');
    const inside = overflows.length;
    await Promise.resolve();

    expect(inside).toBe(0);
    expect(overflows).toHaveLength(1);
  });

  it('is known to get nothing more before its owner is told, so that nobody gives it what would be lost', async () => {
    const { sink, buffer, push, overflows } = setUp({ sendBufferOctets: 10 });
    sink.isReading = false;
    push('x'.repeat(11));
    buffer.flush();
    const before = buffer.isClosed;

    const room = buffer.whenWritable();
    push('y');
    const told = overflows.length;
    await room;

    expect([before, buffer.isClosed, told]).toEqual([false, true, 0]);
  });

  it('survives one frame larger than the limit, when it then reads', async () => {
    const { sink, push, overflows } = setUp({ sendBufferOctets: 100 });
    sink.isReading = false;

    push('x', octets(5000));
    await turnEnds();
    sink.read(Number.POSITIVE_INFINITY);
    push('y');
    await turnEnds();

    expect(overflows).toEqual([]);
    expect(sink.text.endsWith('y')).toBe(true);
  });

  it('survives as long as it takes something now and then, however slowly', async () => {
    const { sink, clock, push, overflows } = setUp({ sendBufferOctets: 100_000, sendTimeMs: 5000 });
    sink.isReading = false;
    for (let count = 0; count < 20; count += 1) {
      push(`chunk ${count}`);
      await turnEnds();
    }

    for (let count = 0; count < 20; count += 1) {
      await clock.advance(4900);
      sink.read(1);
    }
    await clock.advance(60_000);

    expect(overflows).toEqual([]);
    expect(clock.timerCount).toBe(0);
  });

  it('has its time counted anew when it stalls again', async () => {
    const { sink, clock, push, overflows } = setUp({ sendTimeMs: 5000 });
    sink.isReading = false;
    push('one');
    await turnEnds();
    await clock.advance(4000);
    sink.read(1);
    await clock.advance(4000);

    push('two');
    await turnEnds();
    await clock.advance(4999);
    const before = overflows.length;
    await clock.advance(1);

    expect(before).toBe(0);
    expect(overflows).toHaveLength(1);
  });

  it('overflows when it took something and then nothing more, though nothing more is sent to it', async () => {
    const { sink, clock, push, overflows } = setUp({ sendTimeMs: 5000 });
    sink.isReading = false;
    push('one');
    await turnEnds();
    push('two');
    await turnEnds();

    await clock.advance(4000);
    sink.read(1);
    await clock.advance(4999);
    const before = overflows.length;
    await clock.advance(1);

    expect(before).toBe(0);
    expect(overflows).toHaveLength(1);
  });

  it('leaves no timer behind when it is closed', async () => {
    const { sink, clock, buffer, push, overflows } = setUp();
    sink.isReading = false;
    push('x');
    await turnEnds();

    buffer.close();
    sink.read(1);
    push('y');
    await clock.advance(60_000);

    expect(clock.timerCount).toBe(0);
    expect(overflows).toEqual([]);
    expect(sink.text).toBe('x');
  });
});

describe('whenWritable', () => {
  it('is undefined while at most half of the limit waits', async () => {
    const { sink, buffer, push } = setUp({ sendBufferOctets: 100 });
    sink.isReading = false;

    push('x'.repeat(50));
    const queued = buffer.whenWritable();
    await turnEnds();

    expect([queued, buffer.whenWritable()]).toEqual([undefined, undefined]);
  });

  it('counts what is queued in this turn, and resolves when the flush took it away', async () => {
    const { buffer, push } = setUp({ sendBufferOctets: 100 });
    push('x'.repeat(51));

    await buffer.whenWritable();

    expect(buffer.whenWritable()).toBeUndefined();
  });

  it('resolves when the peer has taken enough, not before; one promise serves all who ask', async () => {
    const { sink, buffer, push } = setUp({ sendBufferOctets: 100 });
    sink.isReading = false;
    const told: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      push('x'.repeat(30));
      await turnEnds();
    }
    const room = buffer.whenWritable();
    void room?.then(() => told.push('room'));

    sink.read(1);
    await turnEnds();
    const after60 = [...told];
    sink.read(1);
    await turnEnds();

    expect(room).toBeInstanceOf(Promise);
    expect(after60).toEqual([]);
    expect(told).toEqual(['room']);
  });

  it('resolves when the buffer is closed, and is undefined from then on', async () => {
    const { sink, buffer, push } = setUp({ sendBufferOctets: 100 });
    sink.isReading = false;
    push('x'.repeat(51));
    const room = buffer.whenWritable();

    buffer.close();

    await room;
    expect(buffer.whenWritable()).toBeUndefined();
  });
});
