import { FakeClock } from '../../../../testing/src/fake-clock.js';
import { MessageIds } from '../../../src/broker/delivery/message-ids.js';
import { Confirmations } from '../../../src/broker/relay/confirmations.js';
import { PlainDialect } from '../../../src/broker/relay/dialect/plain.js';
import type { BrokerLink, LinkFrame } from '../../../src/broker/relay/link/broker-link.js';
import { type PublishOptions, Publishing, unavailable } from '../../../src/broker/relay/publishing.js';
import { RelayCounters } from '../../../src/broker/relay/relay-counters.js';
import { SenderMarks } from '../../../src/broker/relay/sender-marks.js';
import { MessageRejectedError } from '../../../src/foundation/errors.js';
import { publish } from '../broker-under-test.js';

/** A link whose broker answers when told. */
class AnsweringLink implements Partial<BrokerLink> {
  readonly dialect = new PlainDialect();
  readonly bodies: string[] = [];
  isBlocked = false;
  readonly #answers: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  #unblock: () => void = () => undefined;
  #writable: Promise<void> | undefined;

  request({ body }: LinkFrame): Promise<void> {
    this.bodies.push(new TextDecoder().decode(body));
    return new Promise((resolve, reject) => this.#answers.push({ resolve, reject }));
  }

  whenWritable(): Promise<void> | undefined {
    if (!this.isBlocked) return undefined;
    return (this.#writable ??= new Promise((resolve) => (this.#unblock = resolve)));
  }

  unblock(): void {
    this.isBlocked = false;
    this.#writable = undefined;
    this.#unblock();
  }

  answer(): void {
    this.#answers.shift()?.resolve();
  }

  lose(): void {
    const lost = new MessageRejectedError('lost', { code: 'OUTCOME_UNKNOWN', endsSession: false });
    for (const { reject } of this.#answers.splice(0)) reject(lost);
  }
}

const SETTINGS = {
  unconfirmedMessages: 2,
  holdTimeMs: 1_000,
  heldMessages: 3,
  heldOctets: 10_000,
  brokerFrameBodyOctets: 5_000,
};

function create(settings: Partial<typeof SETTINGS> = {}): {
  readonly publishing: Publishing;
  readonly link: AnsweringLink;
  readonly clock: FakeClock;
  readonly counters: RelayCounters;
  readonly setUp: (isUp: boolean) => void;
  readonly send: (body: string, options?: Partial<PublishOptions>) => Promise<string>;
} {
  const link = new AnsweringLink();
  const clock = new FakeClock();
  const counters = new RelayCounters();
  const confirmations = new Confirmations();
  let isUp = true;
  const publishing = new Publishing({
    settings: { ...SETTINGS, ...settings },
    counters,
    clock,
    ids: new MessageIds(),
    senders: new SenderMarks(),
    link: () => (isUp ? (link as unknown as BrokerLink) : undefined), // as much of one as publishing needs
  });
  return {
    publishing,
    link,
    clock,
    counters,
    setUp: (value) => void (isUp = value),
    send: async (body, options) => {
      try {
        await publishing.publish(publish('/topic/tea', body), '/topic/tea', {
          isConfirmed: true,
          confirmations,
          ...options,
        });
        return 'ok';
      } catch (error) {
        return (error as MessageRejectedError).code; // all are
      }
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('publishing over one connection', () => {
  it('settles when the broker has answered, or at once when nobody asks for that', async () => {
    const { link, send, counters } = create();
    const confirmed = send('1');

    expect(await send('2', { isConfirmed: false })).toBe('ok');
    link.answer();
    link.answer();

    expect(await confirmed).toBe('ok');
    expect(counters.describe().published).toBe(2);
  });

  it('has no more unanswered than it may, and sends the rest in order', async () => {
    const { link, send } = create();
    const sent = ['1', '2', '3', '4'].map((body) => send(body));
    await turn();
    expect(link.bodies).toEqual(['1', '2']);

    link.answer();
    await turn();
    expect(link.bodies).toEqual(['1', '2', '3']);
    for (let left = 3; left > 0; left -= 1) {
      link.answer();
      await turn();
    }

    expect(await Promise.all(sent)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(link.bodies).toEqual(['1', '2', '3', '4']);
  });

  it('refuses what no receiver would take, and sends what is behind it', async () => {
    const { link, send, counters, setUp } = create();

    expect(await send('x'.repeat(5_001))).toBe('DESTINATION_MESSAGE_TOO_LARGE');
    const fits = send('x'.repeat(5_000));
    link.answer();
    expect(await fits).toBe('ok');
    setUp(false);
    expect(await send('x'.repeat(5_001), { frame: () => ({ command: 'SEND', headers: [] }) })).toBe(
      'DESTINATION_MESSAGE_TOO_LARGE',
    );

    expect(link.bodies.map(({ length }) => length)).toEqual([5_000]);
    expect(counters.describe().refusedByCode).toMatchObject({ DESTINATION_MESSAGE_TOO_LARGE: 2 });
  });

  it('writes nothing to a broker that does not read', async () => {
    const { link, send } = create();
    link.isBlocked = true;
    const sent = send('1');
    await turn();
    expect(link.bodies).toEqual([]);

    link.unblock();
    await turn();
    link.answer();

    expect(await sent).toBe('ok');
  });

  it('keeps what comes while the connection is away, and sends it when it is back', async () => {
    const { link, send, setUp, publishing } = create();
    setUp(false);
    const sent = [send('1'), send('2')];
    await turn();

    setUp(true);
    publishing.resume();
    link.answer();
    link.answer();

    expect(await Promise.all(sent)).toEqual(['ok', 'ok']);
    expect(link.bodies).toEqual(['1', '2']);
  });

  it('keeps so many messages, so many octets, and for so long', async () => {
    const { send, setUp, clock, counters } = create({ heldOctets: 2_000 });
    setUp(false);
    const first = [send('x'.repeat(100)), send('y'.repeat(100))];

    expect(await send('z'.repeat(1_000))).toBe('BROKER_UNAVAILABLE');
    const third = send('z');
    expect(await send('one more')).toBe('BROKER_UNAVAILABLE');
    await clock.advance(1_000);

    expect(await Promise.all([...first, third])).toEqual(Array(3).fill('BROKER_UNAVAILABLE'));
    expect(counters.describe().refusedByCode).toEqual({ BROKER_UNAVAILABLE: 5 });
  });

  it('says why nothing may wait', async () => {
    const { publishing, setUp } = create({ heldMessages: 0 });
    setUp(false);
    const options = { isConfirmed: true, confirmations: new Confirmations() };

    expect(() => publishing.publish(publish('/topic/tea', 'x'), '/topic/tea', options)).toThrow(
      'the broker is away, and this may not wait for it',
    );
  });

  it('takes one message that is larger than all that may wait', async () => {
    const { link, send, setUp, publishing } = create({ heldOctets: 10 });
    setUp(false);
    const sent = send('x'.repeat(100));
    await turn();

    setUp(true);
    publishing.resume();
    link.answer();

    expect(await sent).toBe('ok');
  });

  it('has the room again that held messages took, whether they were sent or had waited too long', async () => {
    const { link, send, setUp, clock, publishing } = create({ heldOctets: 2_000 });
    const outcomes: string[] = [];

    for (let round = 0; round < 3; round += 1) {
      setUp(false);
      const tooLong = [send('x'.repeat(400)), send('y'.repeat(400))];
      await clock.advance(1_000);
      const inTime = [send('x'.repeat(400)), send('y'.repeat(400))];
      setUp(true);
      publishing.resume();
      link.answer();
      link.answer();
      outcomes.push(...(await Promise.all([...tooLong, ...inTime])));
    }

    const round = ['BROKER_UNAVAILABLE', 'BROKER_UNAVAILABLE', 'ok', 'ok'];
    expect(outcomes).toEqual([...round, ...round, ...round]);
    expect(link.bodies).toHaveLength(6);
  });

  it('keeps of a message that waits its own octets alone, not the chunk that they were read with', async () => {
    const { link, setUp, publishing } = create();
    setUp(false);
    const chunk = new Uint8Array(64 * 1024).fill(120);
    const message = publish('/topic/tea').with({ payload: chunk.subarray(0, 3) });
    const options = { isConfirmed: true, confirmations: new Confirmations() };
    const sent = publishing.publish(message, '/topic/tea', options);

    chunk.fill(0);
    setUp(true);
    publishing.resume();
    link.answer();
    await sent;

    expect(link.bodies).toEqual(['xxx']);
  });

  it('never sends again what was written when the connection was lost', async () => {
    const { link, send, setUp, publishing } = create();
    const sent = [send('1'), send('2'), send('3')];
    await turn();
    setUp(false);
    link.lose();
    await turn();

    setUp(true);
    publishing.resume();
    link.answer();

    expect(await Promise.all(sent)).toEqual(['OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN', 'ok']);
    expect(link.bodies).toEqual(['1', '2', '3']);
  });

  it('tells of a failure behind a message that had settled', async () => {
    const { link, send } = create();
    const failures: unknown[] = [];
    await send('1', { isConfirmed: false, onLateFailure: (error) => failures.push(error) });

    link.lose();
    await turn();

    expect(failures).toMatchObject([{ code: 'OUTCOME_UNKNOWN' }]);
  });

  it('ends: what waits and whatever comes fails', async () => {
    const { send, setUp, publishing } = create();
    setUp(false);
    const waiting = send('1');
    await turn();

    publishing.end(unavailable('over'));

    expect(await waiting).toBe('BROKER_UNAVAILABLE');
    expect(await send('2')).toBe('BROKER_UNAVAILABLE');
  });

  it('is unanswered for its sender until the broker has answered, or it has failed', async () => {
    const { link, send, setUp } = create();
    const confirmations = new Confirmations();
    await send('1', { isConfirmed: false, confirmations });
    setUp(false);
    const held = send('2', { confirmations });
    expect(confirmations.size).toBe(2);

    link.answer();
    await turn();
    expect(confirmations.size).toBe(1);
    setUp(true);
    void held;
  });
});
