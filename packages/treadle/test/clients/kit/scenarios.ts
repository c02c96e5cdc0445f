import { type LabEnvironment, LabProcess } from './lab-process.js';
import type { ReceivedMessage, StockClient, StockSession, Version } from './stock-client.js';

/** What is known of a library that keeps it from a scenario, or from a version of one. */
export interface LibraryLimits {
  readonly versions: readonly Version[];
  /** Versions in which it can send and read header values with line ends, colons and backslashes. */
  readonly escapesHeaders: readonly Version[];
}

let count = 0;

/** A destination that no other test uses. */
function fresh(prefix: string): string {
  count += 1;
  return `${prefix}/${process.pid}.${count}`;
}

/** A lab that runs on another broker than its own. */
export interface LabOnBroker {
  /** Asked when the tests begin. */
  readonly environment: () => LabEnvironment;
  /** Why it cannot give a message back by NACK, where it cannot. */
  readonly noNack?: string;
  /** Why it passes no line ends in header values, where it does not. */
  readonly noLineEnds?: string;
}

/** The same conversations with the lab by every library: what a back-end service does with a broker. */
export function describeConversations(
  limits: LibraryLimits,
  start: (lab: LabProcess) => StockClient,
  { environment, noNack, noLineEnds }: LabOnBroker = { environment: () => ({}) },
): void {
  let lab: LabProcess;
  let client: StockClient;

  beforeAll(async () => (lab = await LabProcess.start(environment())));
  beforeEach(() => (client = start(lab)));
  afterEach(() => client[Symbol.asyncDispose]());
  afterAll(() => lab[Symbol.asyncDispose]());

  const from11 = limits.versions.filter((version) => version !== '1.0');

  describe.each(limits.versions)('speaking STOMP %s', (version) => {
    const connect = (): Promise<StockSession> => client.connect({ version });

    it('connects with a login, and disconnects when its receipt has come', async () => {
      const session = await client.connect({ version, login: 'alice', passcode: 'alice' });

      expect(session.version).toBe(version);
      await session.disconnect();
      await session.closed;
    });

    it('reads why a wrong passcode is refused', async () => {
      await expect(client.connect({ version, login: 'alice', passcode: 'guess' })).rejects.toThrow(
        'The login was refused.',
      );
    });

    it('gets the answer of a controller, with characters of all planes', async () => {
      const session = await connect();
      await session.subscribe('s', '/topic/echo.clients');

      await session.send('/app/echo.clients', 'grüße, 世界 🎉', { contentType: 'text/plain;charset=utf-8' });
      const { body, headers } = await session.next();

      expect(body.toString()).toBe('grüße, 世界 🎉');
      expect(headers).toMatchObject({ 'content-type': 'text/plain;charset=utf-8', subscription: 's' });
    });

    it('sends and reads octets with NUL, and headers of its own', async () => {
      const session = await connect();
      const topic = fresh('/topic');
      await session.subscribe('s', topic);
      const octets = Uint8Array.from({ length: 20_000 }, (_, index) => index % 256);

      await session.send(topic, octets, { contentType: 'application/octet-stream', headers: { price: '12' } });
      const { body, headers } = await session.next();

      expect(body.equals(octets)).toBe(true);
      expect(headers['price']).toBe('12');
    });

    it('hears nothing of a subscription it has ended', async () => {
      const session = await connect();
      const [ended, other] = [fresh('/topic'), fresh('/topic')];
      await session.subscribe('ended', ended);
      await session.subscribe('other', other);

      await session.unsubscribe('ended');
      await session.send(ended, 'unheard');
      await session.send(other, 'heard');

      expect(textOf(await session.next())).toBe('heard');
    });

    it('finds in a queue what was sent while nobody listened, in order', async () => {
      const queue = fresh('/queue');
      const sender = await connect();
      for (const text of ['1', '2', '3']) await sender.send(queue, text);

      const receiver = await connect();
      await receiver.subscribe('s', queue);

      expect(await texts(receiver, 3)).toEqual(['1', '2', '3']);
    });

    it('shares a queue with other consumers: each message goes to one of them', async () => {
      const queue = fresh('/queue');
      const consumers = [await connect(), await connect(), await connect()];
      for (const consumer of consumers) await consumer.subscribe('s', queue);

      for (let number = 0; number < 9; number += 1) await consumers[0]?.send(queue, String(number));
      const received = await Promise.all(consumers.map((consumer) => texts(consumer, 3)));

      expect(received.flat().toSorted()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
      for (const each of received) expect(each).toEqual(each.toSorted());
    });

    it('acknowledges a message and all before it (client); the rest goes to another when the session ends', async () => {
      const queue = fresh('/queue');
      const first = await connect();
      await first.subscribe('s', queue, 'client');
      for (const text of ['1', '2', '3', '4']) await first.send(queue, text);
      const messages = await take(first, 4);

      await first.ack(at(messages, 1));
      await settle(first);
      await first.disconnect();
      const second = await connect();
      await second.subscribe('s', queue, 'client');

      const again = await take(second, 2);
      expect(again.map(textOf)).toEqual(['3', '4']);
      expect(again.map(({ headers }) => headers['redelivered'])).toEqual(['true', 'true']);
    });

    it('gets unacknowledged messages again when its connection broke', async () => {
      const queue = fresh('/queue');
      const first = await connect();
      await first.subscribe('s', queue, 'client');
      await first.send(queue, 'precious');
      await first.next();

      await first.drop();
      const second = await connect();
      await second.subscribe('s', queue, 'client');
      const again = await second.next();
      await second.ack(again);
      await settle(second);

      expect([textOf(again), again.headers['redelivered']]).toEqual(['precious', 'true']);
      await second.disconnect();
      await expectEmpty(await connect(), queue);
    });

    it('sends in a transaction: nothing before COMMIT, all of it after, in order', async () => {
      const topic = fresh('/topic');
      const session = await connect();
      await session.subscribe('s', topic);

      await session.begin('t');
      await session.send(topic, 'one', { transaction: 't' });
      await session.send(topic, 'two', { transaction: 't' });
      await session.send(topic, 'outside');
      await session.commit('t');

      expect(await texts(session, 3)).toEqual(['outside', 'one', 'two']);
    });

    it('takes a transaction back by ABORT, its acknowledgements too', async () => {
      const queue = fresh('/queue');
      const topic = fresh('/topic');
      const session = await connect();
      await session.subscribe('s', queue, 'client');
      await session.subscribe('t', topic);
      await session.send(queue, 'kept');
      const message = await session.next();

      await session.begin('t');
      await session.send(topic, 'unsent', { transaction: 't' });
      await session.ack(message, 't');
      await session.abort('t');
      await session.send(topic, 'sent');
      const heard = textOf(await session.next());
      await session.disconnect();
      const other = await connect();
      await other.subscribe('s', queue, 'client');

      expect(heard).toBe('sent');
      expect(textOf(await other.next())).toBe('kept');
    });

    it('acknowledges in a transaction, from COMMIT on', async () => {
      const queue = fresh('/queue');
      const session = await connect();
      await session.subscribe('s', queue, 'client');
      await session.send(queue, 'done');
      const message = await session.next();

      await session.begin('t');
      await session.ack(message, 't');
      await session.commit('t');
      await settle(session);
      await session.disconnect();

      await expectEmpty(await connect(), queue);
    });
  });

  describe.each(from11)('speaking STOMP %s, which has heart-beats and NACK', (version) => {
    const connect = (): Promise<StockSession> => client.connect({ version });

    it('stays connected by heart-beats, and without them when it wants none', async () => {
      const beating = await client.connect({ version, heartBeat: [200, 200] });
      const quiet = await client.connect({ version, heartBeat: [0, 0] });

      await beating.heartBeats(6); // more than the time after which either side would give the other up

      await settle(beating);
      await settle(quiet);
    });

    it('acknowledges one message alone (client-individual)', async () => {
      const queue = fresh('/queue');
      const first = await connect();
      await first.subscribe('s', queue, 'client-individual');
      for (const text of ['1', '2', '3']) await first.send(queue, text);
      const messages = await take(first, 3);

      await first.ack(at(messages, 1));
      await settle(first);
      await first.disconnect();
      const second = await connect();
      await second.subscribe('s', queue);

      expect(await texts(second, 2)).toEqual(['1', '3']);
    });

    itUnless(noNack, 'gives a message back by NACK: another consumer gets it, marked', async () => {
      const queue = fresh('/queue');
      const refusing = await connect();
      await refusing.subscribe('s', queue, 'client-individual');
      await refusing.send(queue, 'hot');
      const message = await refusing.next();
      const taking = await connect();
      await taking.subscribe('s', queue, 'client-individual');

      await refusing.nack(message);
      await refusing.unsubscribe('s'); // so that it cannot come back to who refused it
      const again = await taking.next();
      await taking.ack(again);
      await settle(taking);
      await taking.disconnect();

      expect([textOf(again), again.headers['redelivered']]).toEqual(['hot', 'true']);
      await expectEmpty(await connect(), queue); // the broker may have offered it to who refused it once more
    });
  });

  // Not `describe.each`: there may be none.
  for (const version of limits.escapesHeaders) {
    const title = `speaking STOMP ${version}, sends and reads header values with colons, line ends and backslashes`;
    itUnless(noLineEnds, title, async () => {
      const session = await client.connect({ version });
      const topic = fresh('/topic');
      await session.subscribe('s', topic);
      const headers = { colon: 'a:b', line: 'first\nsecond', backslash: 'C:\\new\\tools' };

      await session.send(topic, 'hi', { headers });

      expect((await session.next()).headers).toMatchObject(headers);
    });
  }
}

/** @param reason why the test cannot be run, if there is one */
function itUnless(reason: string | undefined, title: string, test: () => Promise<void>): void {
  if (reason === undefined) it(title, test);
  else it.skip(`${title} (skipped: ${reason})`, test);
}

function textOf({ body }: ReceivedMessage): string {
  return body.toString();
}

function at(messages: readonly ReceivedMessage[], index: number): ReceivedMessage {
  const message = messages[index];
  if (!message) throw new Error(`there is no message ${index}`);
  return message;
}

async function take(session: StockSession, number: number): Promise<ReceivedMessage[]> {
  const messages: ReceivedMessage[] = [];
  while (messages.length < number) messages.push(await session.next());
  return messages;
}

async function texts(session: StockSession, number: number): Promise<string[]> {
  return (await take(session, number)).map(textOf);
}

/** Resolves when every frame before it has taken effect: frames are handled in order, and this one is answered (STOMP 1.2 § RECEIPT). */
function settle(session: StockSession): Promise<void> {
  return session.send(fresh('/topic'), 'settled');
}

/** Nothing waits in the queue: the first that comes is what is sent now. */
async function expectEmpty(session: StockSession, queue: string): Promise<void> {
  await session.subscribe('empty', queue);
  await session.send(queue, 'the only one');

  expect(textOf(await session.next())).toBe('the only one');
}
