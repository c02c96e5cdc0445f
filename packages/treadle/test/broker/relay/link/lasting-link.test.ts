import { headerValue } from '@treadle/stomp';
import type { LinkSubscription } from '../../../../src/broker/relay/link/link-subscription.js';
import { AuthenticationError } from '../../../../src/index.js';
import { ScriptedBroker } from '../kit/scripted-broker.js';
import { codeOf, failure, fakeClock, LinksUnderTest } from './links-under-test.js';

/** A subscription to a destination, and what became of it. */
class Listener {
  readonly messages: string[] = [];
  readonly ended: string[] = [];
  readonly links: unknown[] = [];
  readonly #destination: string;
  onNews: () => void = () => undefined;

  constructor(destination: string) {
    this.#destination = destination;
  }

  frame = () => ({ destination: this.#destination, ack: 'auto', headers: ['note', 'x'] }) as const;

  onMessage = ({ body }: { readonly body: Uint8Array }, link: unknown): void => {
    this.messages.push(Buffer.from(body).toString());
    this.links.push(link);
    this.onNews();
  };

  onEnded = (reason: Error): void => {
    this.ended.push(codeOf(reason));
    this.onNews();
  };

  /** Resolves at the next message, or at the end. */
  news(): Promise<void> {
    return new Promise((resolve) => (this.onNews = resolve));
  }
}

const send = (destination: string, body = '') =>
  ({ command: 'SEND', headers: ['destination', destination], body: Buffer.from(body) }) as const;

describe('a lasting link', () => {
  it('is up when it has connected, and comes back when it was lost', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = links.lasting();
    expect([link.link, link.dialect]).toEqual([undefined, undefined]);

    await link.start();
    expect(link.link?.server).toBe('RabbitMQ/3.10.8');
    expect(link.dialect?.name).toBe('none');
    broker.conversations[0]?.reset();
    await broker.conversation(1);
    const again = await link.whenUp();

    expect(again).toBe(link.link);
    expect(heard).toEqual(['up', 'down BROKER_UNAVAILABLE', 'up']);
    expect(link.failure).toBeUndefined();
  });

  it('tries for ever, with delays that double, each shortened at random, and only so often', async () => {
    await using broker = await ScriptedBroker.listen();
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock });
    const refused = { count: 0 };
    broker.on('CONNECT', (_, conversation) => {
      refused.count += 1;
      conversation.error('not yet');
    });
    const delays = { reconnectDelayMs: 100, maxReconnectDelayMs: 400 };
    const { link, heard } = links.lasting({ delays, random: () => 0.5 });

    const started = link.start();
    for (const [attempts, delay] of [75, 150, 300, 300, 300].entries()) {
      await broker.until(() => refused.count === attempts + 1 && clock.timerCount === 1, 'refusal');
      await settled(() => clock.timerCount === 1);
      await clock.advance(delay - 1);
      expect(refused.count).toBe(attempts + 1);
      await clock.advance(1);
    }
    broker.standard('CONNECT');
    await settled(() => clock.timerCount === 1);
    await clock.advance(300);
    await started;

    expect(heard).toEqual(['up']);
  });

  it('that waits for its next attempt makes it soon when another link finds the broker back', async () => {
    await using broker = await ScriptedBroker.listen();
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock });
    await broker.stop();
    const delays = { reconnectDelayMs: 20_000, maxReconnectDelayMs: 20_000 };
    const { link } = links.lasting({ delays, reconnects: 'unless-refused' });
    const started = link.start();
    await settled(() => link.failure !== undefined && clock.timerCount === 1);

    await broker.start();
    await links.connect();
    await clock.advance(1_000);
    await started;

    expect(clock.now()).toBeLessThan(10_000);
  });

  it('that comes back takes its turn, ten at a time, where it is one of many', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const many = Array.from({ length: 25 }, () => links.lasting({ reconnects: 'unless-refused' }).link);
    const { link: ours } = links.lasting();
    await Promise.all([...many, ours].map((link) => link.start()));
    const held = broker.hold('CONNECT');

    for (const conversation of broker.open) conversation.reset();
    await broker.until(() => held.frames.length === 11, 'ten attempts, and that of the relay itself');
    await settled(() => broker.open.length === 11);
    expect(held.frames).toHaveLength(11);
    held.release();
    await Promise.all([...many, ours].map((link) => link.whenUp()));

    expect(broker.open).toHaveLength(26);
  });

  it('that is not there waits for it, each caller as long as it wants', async () => {
    await using broker = await ScriptedBroker.listen();
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock });
    const { link } = links.lasting({ holdTimeMs: 1_000 });

    const short = failure(link.whenUp(500));
    const long = failure(link.whenUp());
    await clock.advance(500);
    expect(await short).toBe('BROKER_UNAVAILABLE');
    await link.start();

    expect(await long).toBe('resolved');
    expect(clock.timerCount).toBe(0);
    expect(await failure(link.whenUp(0))).toBe('resolved');
  });

  it.each([
    ['never', (broker: ScriptedBroker) => broker.stop(), 'BROKER_UNAVAILABLE'],
    ['unless-refused', (broker: ScriptedBroker) => broker.on('CONNECT', (_, c) => c.error('no')), 'BROKER_REFUSED'],
  ] as const)('that reconnects %s ends when that is so, also for who waits', async (reconnects, script, code) => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = links.lasting({ reconnects });
    await script(broker);

    const waiting = failure(link.whenUp());
    const subscribing = failure(link.subscribe(new Listener('/topic/x')));

    expect(await failure(link.start())).toBe(code);
    expect([await waiting, await subscribing]).toEqual([code, code]);
    expect(heard).toEqual([`end ${code}`]);
    expect(await failure(link.whenUp())).toBe('BROKER_UNAVAILABLE');
    expect(await failure(link.subscribe(new Listener('/topic/x')))).toBe('BROKER_UNAVAILABLE');
    await link.stop();
  });

  it('that is there, its subscriptions being made, is waited for as long as the broker takes for them', async () => {
    await using broker = await ScriptedBroker.listen();
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock });
    const { link } = links.lasting({ holdTimeMs: 20_000 });
    const subscribing = link.subscribe(new Listener('/topic/x'));
    const held = broker.hold('SUBSCRIBE');
    const starting = link.start();

    await broker.until(() => held.frames.length === 1);
    const [patient, further] = [failure(link.whenUp(1_000)), failure(link.whenUp())];
    await clock.advance(1_500);
    expect(await Promise.race([patient, Promise.resolve('waits')])).toBe('waits');
    broker.conversations[0]?.reset();
    expect(await patient).toBe('BROKER_UNAVAILABLE');
    held.release();
    await clock.advance(1_500);
    await Promise.all([subscribing, starting]);

    expect(await further).toBe('resolved');
  });

  it('that reconnects never is over when it is lost', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = links.lasting({ reconnects: 'never' });
    await link.start();

    broker.conversations[0]?.reset();
    await settled(() => heard.length === 3);

    expect(heard).toEqual(['up', 'down BROKER_UNAVAILABLE', 'end BROKER_UNAVAILABLE']);
    expect(broker.conversations).toHaveLength(1);
  });

  it('that reconnects unless-refused outlives a broker that is away, not one that refuses it then', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = links.lasting({ reconnects: 'unless-refused' });
    await link.start();

    await broker.stop();
    await settled(() => link.failure?.message.includes('ECONNREFUSED') ?? false);
    await broker.start();
    await link.whenUp();
    broker.on('CONNECT', (_, conversation) => conversation.error('no more'));
    broker.open[0]?.reset();
    await settled(() => heard.length === 5);

    const [up, down] = ['up', 'down BROKER_UNAVAILABLE'];
    expect(heard).toEqual([up, down, up, down, 'end BROKER_REFUSED']);
  });

  it('asks for credentials before each attempt; failing to give them fails the attempt', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const passcodes = ['one', 'two'];
    const { link } = links.lasting({
      credentials: () => Promise.resolve({ login: 'a', passcode: passcodes.shift() ?? 'none' }),
    });
    const credentials = (): never => {
      throw new AuthenticationError('unknown');
    };
    const unknown = links.lasting({ reconnects: 'never', credentials }).link;

    await link.start();
    broker.conversations[0]?.reset();
    await broker.conversation(1);
    await link.whenUp();

    expect(broker.conversations.map(({ frames }) => headerValue(frames[0]?.headers ?? [], 'passcode'))).toEqual([
      'one',
      'two',
    ]);
    expect(await failure(unknown.start())).toBe('AUTHENTICATION_FAILED');
  });

  it('tells of errors that name nobody', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = links.lasting();
    await link.start();

    broker.conversations[0]?.error('odd');
    await settled(() => heard.length === 2);

    expect(heard).toEqual(['up', 'error odd']);
  });

  it('goes on when its listener fails', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const fail = (): never => {
      throw new Error('cannot');
    };
    const { link } = links.lasting({ listener: { onUp: fail, onDown: fail, onEnd: fail } });

    await link.start();
    broker.conversations[0]?.reset();
    await broker.conversation(1);
    await link.whenUp();

    expect(links.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(3);
  });
});

describe('stop', () => {
  it('of a link that is up ends it in order, and tells nothing', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = links.lasting();
    await link.start();

    await link.stop();
    await link.stop();

    expect(broker.conversations[0]?.commands).toEqual(['CONNECT', 'DISCONNECT']);
    expect([heard, link.link]).toEqual([['up'], undefined]);
    expect(await failure(link.whenUp())).toBe('BROKER_UNAVAILABLE');
  });

  it.each([
    ['connects', (broker: ScriptedBroker) => void broker.hold('CONNECT')],
    ['waits for its next attempt', (broker: ScriptedBroker) => broker.on('CONNECT', (_, c) => c.error('no'))],
    ['waits for the answer to a subscription', (broker: ScriptedBroker) => void broker.hold('SUBSCRIBE')],
  ])('of a link that %s leaves nothing open and no timer', async (_, script) => {
    await using broker = await ScriptedBroker.listen();
    script(broker);
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock });
    const { link, heard } = links.lasting();
    const started = failure(link.start());
    const subscribing = failure(link.subscribe(new Listener('/topic/x')));
    const conversation = await broker.conversation(0);
    await conversation.next('CONNECT');
    await settled(() => link.failure !== undefined || heard.length > 0 || conversation.frames.length === 1);

    const stopping = link.stop();
    await settled(() => conversation.hasEnded || clock.timerCount > 0);
    await clock.advance(1_500); // what DISCONNECT may take when an answer is missing
    await stopping;

    expect(await subscribing).toBe('BROKER_UNAVAILABLE');
    expect(['BROKER_UNAVAILABLE', 'resolved']).toContain(await started);
    expect(clock.timerCount).toBe(0);
    expect(heard.filter((told) => told !== 'up')).toEqual([]);
    await broker.until(() => broker.open.every(({ hasEnded }) => hasEnded));
  });

  it('does not wait for credentials that never come', async () => {
    await using links = new LinksUnderTest([]);
    const { link } = links.lasting({ credentials: () => new Promise(() => undefined) });
    const started = failure(link.start());

    await link.stop();

    expect(await started).toBe('BROKER_UNAVAILABLE');
  });

  it('before the start is the end too', async () => {
    await using links = new LinksUnderTest([]);
    const { link } = links.lasting();

    await link.stop();

    expect(await failure(link.start())).toBe('BROKER_UNAVAILABLE');
  });
});

describe('a subscription of a lasting link', () => {
  it('settles with the answer of the broker; its messages come with their link', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = links.lasting();
    await link.start();
    const listener = new Listener('/topic/x');

    const { id } = await link.subscribe(listener);
    await link.link?.request(send('/topic/x', 'hello'));

    const { headers } = await broker.conversations[0]!.next('SUBSCRIBE'); // it is connected
    expect(headers.slice(0, 8)).toEqual(['id', id, 'destination', '/topic/x', 'ack', 'auto', 'note', 'x']);
    expect([listener.messages, listener.links]).toEqual([['hello'], [link.link]]);
  });

  it('is made again on every new link, before that is up', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = links.lasting();
    await link.start();
    const listeners = [new Listener('/topic/x'), new Listener('/topic/y')];
    for (const listener of listeners) await link.subscribe(listener);
    const held = broker.hold('SUBSCRIBE');

    broker.conversations[0]?.reset();
    const conversation = await broker.conversation(1);
    await broker.until(() => held.frames.length === 2);
    expect([heard, link.link]).toEqual([['up', 'down BROKER_UNAVAILABLE'], undefined]);
    held.release();
    await link.whenUp();
    broker.publish('/topic/y', 'again');
    await listeners[1]?.news();

    expect([...conversation.subscriptions.values()]).toEqual(['/topic/x', '/topic/y']);
    expect(listeners.map(({ messages }) => messages)).toEqual([[], ['again']]);
  });

  it('asked for while the link is away is made when it comes', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = links.lasting();

    const subscribing = link.subscribe(new Listener('/topic/x'));
    await link.start();
    await subscribing;

    expect(broker.conversations[0]?.commands).toEqual(['CONNECT', 'SUBSCRIBE /topic/x']);
  });

  it('is refused when the link is away for holdTimeMs, and nothing is left of it', async () => {
    await using broker = await ScriptedBroker.listen();
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock });
    const { link } = links.lasting({ holdTimeMs: 1_000 });

    const subscribing = failure(link.subscribe(new Listener('/topic/x')));
    await clock.advance(1_000);
    expect(await subscribing).toBe('BROKER_UNAVAILABLE');
    await link.start();

    expect(broker.conversations[0]?.commands).toEqual(['CONNECT']);
  });

  it.each([
    ['is not refused when the broker answers late', 'resolved'],
    ['is refused when its link is lost later', 'BROKER_UNAVAILABLE'],
  ])('that has been asked for longer than holdTimeMs %s', async (_, outcome) => {
    await using broker = await ScriptedBroker.listen();
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock });
    const { link } = links.lasting({ holdTimeMs: 1_000 });
    await link.start();
    const held = broker.hold('SUBSCRIBE');

    const subscribing = failure(link.subscribe(new Listener('/topic/x')));
    await broker.until(() => held.frames.length === 1);
    await clock.advance(1_500);
    if (outcome === 'resolved') held.release();
    else broker.conversations[0]?.reset();

    expect(await subscribing).toBe(outcome);
  });

  it('that was lost before its answer is made on the next link', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = links.lasting();
    await link.start();
    broker.once('SUBSCRIBE', (_, conversation) => conversation.reset());

    await link.subscribe(new Listener('/topic/x'));

    expect(broker.conversations[1]?.commands).toEqual(['CONNECT', 'SUBSCRIBE /topic/x']);
  });

  it('that the broker refuses fails alone', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = links.lasting();
    await link.start();
    const kept = new Listener('/topic/x');
    await link.subscribe(kept);
    broker.once('SUBSCRIBE', (_, conversation) => conversation.error('Invalid destination'));

    expect(await failure(link.subscribe(new Listener('/nowhere')))).toBe('BROKER_REFUSED');
    broker.conversations[0]?.reset();
    await broker.conversation(1);
    await link.whenUp();

    expect(broker.conversations[1]?.commands).toEqual(['CONNECT', 'SUBSCRIBE /topic/x']);
  });

  it('that cannot be expressed fails with that, on a new link too', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = links.lasting();
    await link.start();
    const listener = new Listener('/topic/x');
    const frame = (): never => {
      throw new AuthenticationError('not for you');
    };

    expect(await failure(link.subscribe({ ...listener, frame }))).toBe('AUTHENTICATION_FAILED');
    await link.subscribe(listener);
    listener.frame = frame;
    broker.conversations[0]?.reset();
    await listener.news();

    expect(listener.ended).toEqual(['AUTHENTICATION_FAILED']);
  });

  it('that is refused when it is made again is told, and the others are not disturbed', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = links.lasting();
    await link.start();
    const [lost, kept] = [new Listener('/queue/deleted'), new Listener('/topic/x')];
    for (const listener of [lost, kept]) await link.subscribe(listener);
    broker.on('SUBSCRIBE', (frame, conversation, standard) => {
      if (frame.headers.includes('/queue/deleted')) conversation.error('not_found');
      else standard();
    });

    broker.conversations[0]?.reset();
    await broker.conversation(1);
    await link.whenUp();
    broker.publish('/topic/x', 'still here');
    await kept.news();

    expect([lost.ended, kept.ended, kept.messages]).toEqual([['BROKER_REFUSED'], [], ['still here']]);
  });

  it('that makes the broker end each new link is given up, and the link comes back without it', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = links.lasting();
    await link.start();
    const [first, deadly, last] = [new Listener('/topic/a'), new Listener('/queue/x'), new Listener('/topic/b')];
    for (const listener of [first, deadly, last]) await link.subscribe(listener);
    broker.on('SUBSCRIBE', (frame, conversation, standard) => {
      if (!frame.headers.includes('/queue/x')) return standard();
      conversation.error('not_found');
      conversation.end();
    });

    const ended = deadly.news();
    broker.conversations[0]?.reset();
    await ended;
    await settled(() => link.link !== undefined);

    expect([first.ended, deadly.ended, last.ended]).toEqual([[], ['BROKER_REFUSED'], []]);
    expect(new Set(broker.open[0]?.subscriptions.values())).toEqual(new Set(['/topic/a', '/topic/b']));
  });

  it('that was asked for when another one ended the link is not suspected again: whoever may be the cause is asked for alone', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = links.lasting();
    await link.start();
    const [innocent, deadly] = [new Listener('/topic/a'), new Listener('/queue/x')];
    for (const listener of [innocent, deadly]) await link.subscribe(listener);
    broker.on('SUBSCRIBE', (frame, conversation, standard) => {
      // The innocent one stands before the other and is not answered yet when that ends the link.
      if (!frame.headers.includes('/queue/x')) setImmediate(standard);
      else {
        conversation.error('not_found');
        conversation.end();
      }
    });

    const ended = deadly.news();
    broker.conversations[0]?.reset();
    await ended;
    await settled(() => link.link !== undefined);

    expect([innocent.ended, deadly.ended]).toEqual([[], ['BROKER_REFUSED']]);
    expect([...(broker.open[0]?.subscriptions.values() ?? [])]).toEqual(['/topic/a']);
  });

  it('is neither lost nor refused when the broker, once, ends a link with an ERROR while it is asked for', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = links.lasting();
    await link.start();
    broker.once('SUBSCRIBE', (_, conversation) => {
      conversation.error('connection_forced', [], 'the broker is shut down');
      conversation.end();
    });

    expect(await failure(link.subscribe(new Listener('/topic/x')))).toBe('resolved');
  });

  it('that makes the broker end the only link there is fails with BROKER_REFUSED', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = links.lasting({ reconnects: 'never' });
    await link.start();
    broker.once('SUBSCRIBE', (_, conversation) => {
      conversation.error('not_found');
      conversation.end();
    });

    const outcomes = [link.subscribe(new Listener('/queue/x')), link.subscribe(new Listener('/topic/y'))].map(failure);

    expect(await Promise.all(outcomes)).toEqual(['BROKER_REFUSED', 'BROKER_UNAVAILABLE']);
    expect(heard.at(-1)).toBe('end BROKER_UNAVAILABLE');
  });

  it('that the broker ends is told and not made again', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = links.lasting();
    await link.start();
    const listener = new Listener('/queue/x');
    const { id } = await link.subscribe(listener);

    broker.conversations[0]?.error('Server cancelled subscription', ['subscription', id]);
    await listener.news();
    broker.conversations[0]?.reset();
    await broker.conversation(1);
    await link.whenUp();

    expect(listener.ended).toEqual(['BROKER_REFUSED']);
    expect(broker.conversations[1]?.commands).toEqual(['CONNECT']);
    expect(heard.filter((told) => told.startsWith('error'))).toEqual([]);
  });

  it('is asked for behind others that are unanswered, of which there are a hundred at most', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = links.lasting();
    await link.start();
    const held = broker.hold('SUBSCRIBE');

    const subscribing = Array.from({ length: 250 }, (_, index) => link.subscribe(new Listener(`/topic/${index}`)));
    await broker.until(() => held.frames.length >= 100);
    await link.link?.request(send('/topic/x'));
    expect(held.frames).toHaveLength(100);
    held.release();
    await Promise.all(subscribing);

    const asked = broker.conversations[0]?.commands.filter((command) => command.startsWith('SUBSCRIBE'));
    expect(asked).toEqual(Array.from({ length: 250 }, (_, index) => `SUBSCRIBE /topic/${index}`));
  });

  it('that waits for its turn is not refused for it, and is made again on the next link as all others', async () => {
    await using broker = await ScriptedBroker.listen();
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock });
    const { link } = links.lasting({ holdTimeMs: 1_000 });
    await link.start();
    const held = broker.hold('SUBSCRIBE');

    const subscribing = Array.from({ length: 101 }, (_, index) => link.subscribe(new Listener(`/topic/${index}`)));
    await broker.until(() => held.frames.length >= 100);
    await clock.advance(1_500);
    held.release();

    expect(await Promise.all(subscribing)).toHaveLength(101);
  });

  it('goes on until its end is answered, and no longer', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = links.lasting();
    await link.start();
    const listener = new Listener('/topic/x');
    const subscription = await link.subscribe(listener);
    const held = broker.hold('UNSUBSCRIBE');
    const conversation = await broker.conversation(0);

    const ending = subscription.end(['persistent', 'true']);
    await conversation.next('UNSUBSCRIBE');
    const news = listener.news();
    conversation.message(subscription.id, '/topic/x', 'on its way');
    await news;
    held.release();
    await ending;
    conversation.message(subscription.id, '/topic/x', 'strayed');
    await link.link?.request(send('/topic/y'));

    expect(listener.messages).toEqual(['on its way']);
    expect(held.frames[0]?.headers.slice(0, 4)).toEqual(['id', subscription.id, 'persistent', 'true']);
    await subscription.end();
  });

  it.each([
    ['the broker refuses that', (broker: ScriptedBroker) => broker.on('UNSUBSCRIBE', (_, c) => c.error('unknown'))],
    ['the link is lost', (broker: ScriptedBroker) => broker.on('UNSUBSCRIBE', (_, c) => c.reset())],
  ])('has ended, too, when %s', async (_, script) => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = links.lasting();
    await link.start();
    const listener = new Listener('/topic/x');
    const subscription: LinkSubscription = await link.subscribe(listener);
    script(broker);

    await subscription.end();
    broker.open[0]?.reset();
    await settled(() => link.link === undefined);
    await link.whenUp();

    expect(broker.open[0]?.commands).toEqual(['CONNECT']);
    expect(listener.ended).toEqual([]);
  });

  it('that ends while the link is away is not made again', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = links.lasting();
    await link.start();
    const subscription = await link.subscribe(new Listener('/topic/x'));
    broker.hold('CONNECT');

    broker.conversations[0]?.reset();
    await settled(() => link.link === undefined);
    await subscription.end();
    broker.standard('CONNECT');
    broker.conversations[1]?.reset();
    await settled(() => link.link !== undefined);

    expect(broker.open[0]?.commands).toEqual(['CONNECT']);
  });

  it('whose link is lost while it is made again is made on the one after', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = links.lasting();
    await link.start();
    await link.subscribe(new Listener('/topic/x'));
    broker.once('SUBSCRIBE', (_, conversation) => conversation.reset());

    broker.conversations[0]?.reset();
    await broker.conversation(2);
    await link.whenUp();

    expect(broker.conversations[2]?.commands).toEqual(['CONNECT', 'SUBSCRIBE /topic/x']);
    expect(heard).toEqual(['up', 'down BROKER_UNAVAILABLE', 'up']);
  });
});

/** Waits turn by turn of the event loop until something holds. */
async function settled(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
