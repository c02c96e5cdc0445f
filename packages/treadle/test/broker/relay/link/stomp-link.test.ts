import { headerValue } from '@treadle/stomp';
import type { BrokerMessage } from '../../../../src/broker/relay/link/broker-link.js';
import { ownOctets } from '../../../../src/foundation/own-octets.js';
import * as certificates from '../../../transport/certificates.js';
import { ScriptedBroker } from '../kit/scripted-broker.js';
import { errorOf, failure, fakeClock, LinksUnderTest } from './links-under-test.js';

const subscribe = { command: 'SUBSCRIBE', headers: ['id', '1', 'destination', '/topic/x', 'ack', 'auto'] } as const;
const sendTo = (destination: string, body = '') =>
  ({ command: 'SEND', headers: ['destination', destination], body: Buffer.from(body) }) as const;

function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe('CONNECT', () => {
  it('offers all versions, with login and passcode, and a host only when one is set', async () => {
    await using broker = await ScriptedBroker.listen();
    await using bare = LinksUnderTest.to(broker, { heartBeat: { sends: 10_000, expects: 20_000 } });
    await using hosted = LinksUnderTest.to(broker, { virtualHost: '/shop' });

    await bare.connect({ credentials: { login: 'alice', passcode: 'secret' } });
    await hosted.connect();

    const [first, second] = broker.conversations.map((conversation) => conversation.frames[0]?.headers);
    expect(first).toEqual([
      'accept-version',
      '1.0,1.1,1.2',
      'login',
      'alice',
      'passcode',
      'secret',
      'heart-beat',
      '10000,20000',
    ]);
    expect(headerValue(second ?? [], 'host')).toBe('/shop');
  });

  it.each([
    [{ sends: 0, expects: 0 }, '0,0'],
    [{ sends: 1, expects: 999 }, '1000,1000'],
    [{ sends: 1500.5, expects: 0 }, '1501,0'],
  ])('asks for heart-beats of %j as %s: RabbitMQ keeps none under a second', async (heartBeat, header) => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker, { heartBeat });

    await links.connect();

    expect(headerValue(broker.conversations[0]?.frames[0]?.headers ?? [], 'heart-beat')).toBe(header);
  });

  it.each(['1.2', '1.1', '1.0'] as const)('is content with STOMP %s, and speaks it', async (version) => {
    await using broker = await ScriptedBroker.listen({ versions: [version], server: 'old/1' });
    await using links = LinksUnderTest.to(broker);

    const { link } = await links.connect();
    let raw = '';
    broker.conversations[0]?.socket.on('data', (octets) => (raw += octets.toString()));
    await link.request({ ...sendTo('/topic/x'), headers: ['destination', '/topic/x', 'note', 'a:b'] });

    expect(link).toMatchObject({ version, server: 'old/1', address: broker.url, isOpen: true });
    expect(raw).toContain(version === '1.0' ? 'note:a:b' : 'note:a\\cb');
  });

  it.each([
    ['1.2', 'a:b'],
    ['1.0', 'a\\cb'],
  ] as const)('reads headers by the rules of STOMP %s', async (version, note) => {
    await using broker = await ScriptedBroker.listen({ versions: [version] });
    await using links = LinksUnderTest.to(broker);
    const { heard } = await links.connect();

    const arrived = new Promise<string | undefined>((resolve) => {
      heard.onMessage = ({ headers }) => resolve(headerValue(headers, 'note'));
    });
    broker.conversations[0]?.type('MESSAGE\nsubscription:1\nnote:a\\cb\n\n\0');

    expect(await arrived).toBe(note);
  });

  it('takes CONNECTED without a version for STOMP 1.0', async () => {
    await using broker = await ScriptedBroker.listen();
    broker.on('CONNECT', (_, conversation) => conversation.send('CONNECTED', ['session', '7']));
    await using links = LinksUnderTest.to(broker);

    expect((await links.connect()).link.version).toBe('1.0');
  });

  it.each([
    ['ERROR', 'BROKER_REFUSED', 'ERROR\nmessage:Bad CONNECT\n\nAccess refused for user alice, secret\0'],
    ['another frame', 'BROKER_UNAVAILABLE', 'RECEIPT\nreceipt-id:1\n\n\0'],
    ['a version that there is not', 'BROKER_UNAVAILABLE', 'CONNECTED\nversion:2.0\n\n\0'],
    ['heart-beats that are none', 'BROKER_UNAVAILABLE', 'CONNECTED\nversion:1.2\nheart-beat:often\n\n\0'],
    ['what is not STOMP', 'BROKER_UNAVAILABLE', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ])('fails on %s with %s, and leaves nothing open', async (_, code, answer) => {
    await using broker = await ScriptedBroker.listen();
    broker.on('CONNECT', (_frame, conversation) => conversation.type(answer));
    await using links = LinksUnderTest.to(broker);

    const error = await errorOf(links.connect({ credentials: { login: 'alice', passcode: 'secret' } }));

    expect(error).toMatchObject({ code, endsSession: false });
    expect(error.message).toContain(broker.url);
    expect(error.message).not.toContain('secret');
    await broker.conversations[0]?.closed();
  });

  it.each([
    ['ends', (broker: ScriptedBroker) => broker.on('CONNECT', (_, conversation) => conversation.end())],
    ['breaks', (broker: ScriptedBroker) => broker.on('CONNECT', (_, conversation) => conversation.reset())],
  ])('fails with BROKER_UNAVAILABLE when the connection %s before the answer', async (_, script) => {
    await using broker = await ScriptedBroker.listen();
    script(broker);
    await using links = LinksUnderTest.to(broker);

    expect(await failure(links.connect())).toBe('BROKER_UNAVAILABLE');
  });

  it('has connectTimeMs for all of it', async () => {
    await using broker = await ScriptedBroker.listen();
    broker.hold('CONNECT');
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock, connectTimeMs: 500 });

    const connecting = errorOf(links.connect());
    await broker.conversation(0).then((conversation) => conversation.next('CONNECT'));
    await clock.advance(500);

    expect((await connecting).message).toContain('no CONNECTED in 500 ms');
    await broker.conversations[0]?.closed();
    expect(clock.timerCount).toBe(0);
  });

  it('is given up when its caller wants that, and leaves nothing open', async () => {
    await using broker = await ScriptedBroker.listen();
    broker.hold('CONNECT');
    await using links = LinksUnderTest.to(broker);
    const giveUp = new AbortController();

    const connecting = failure(links.connect({ signal: giveUp.signal }));
    await broker.conversation(0).then((conversation) => conversation.next('CONNECT'));
    giveUp.abort();

    expect(await connecting).toBe('BROKER_UNAVAILABLE');
    await broker.conversations[0]?.closed();
    expect(await failure(links.connect({ signal: giveUp.signal }))).toBe('BROKER_UNAVAILABLE');
    expect(broker.conversations).toHaveLength(1);
  });

  it.each(['a\nb', 'a\rb', 'a\0b'])('is not tried with a login that it cannot express: %j', async (login) => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);

    const error = await errorOf(links.connect({ credentials: { login, passcode: 'secret' } }));

    expect(error).toMatchObject({ code: 'BROKER_REFUSED', message: expect.not.stringContaining('secret') as string });
    expect(broker.conversations.flatMap(({ commands }) => commands)).toEqual([]);
  });
});

describe('hosts', () => {
  const gone = async (): Promise<{ host: string; port: number }> => {
    await using broker = await ScriptedBroker.listen();
    return broker.address;
  };

  it('are tried in turn, and the one that answered is the first the next time', async () => {
    const dead = await gone();
    await using broker = await ScriptedBroker.listen();
    await using other = await ScriptedBroker.listen();
    await using links = new LinksUnderTest([dead, broker.address, other.address]);

    const first = await links.connect();
    const second = await links.connect();

    expect([first.link.address, second.link.address]).toEqual([broker.url, broker.url]);
    await broker.stop();
    expect((await links.connect()).link.address).toBe(other.url);
  });

  it('that failed are not asked again while another one answers', async () => {
    await using ill = await ScriptedBroker.listen();
    ill.on('CONNECT', (_, conversation) => conversation.end());
    await using broker = await ScriptedBroker.listen();
    await using links = new LinksUnderTest([ill.address, broker.address]);

    for (let count = 0; count < 3; count += 1) await links.connect();

    expect([ill.conversations.length, broker.conversations.length]).toEqual([1, 3]);
  });

  it('that cannot be reached, all of them, are named', async () => {
    const [one, two] = [await gone(), await gone()];
    await using links = new LinksUnderTest([one, two]);

    const { message } = await errorOf(links.connect());

    expect(message).toContain(`stomp://127.0.0.1:${one.port}: connect ECONNREFUSED`);
    expect(message).toContain(`stomp://127.0.0.1:${two.port}: connect ECONNREFUSED`);
  });

  it('that refuse the login say more than those that are away', async () => {
    await using broker = await ScriptedBroker.listen();
    broker.on('CONNECT', (_, conversation) => conversation.error('Bad CONNECT'));
    await using links = new LinksUnderTest([await gone(), broker.address, await gone()]);

    expect(await failure(links.connect())).toBe('BROKER_REFUSED');
  });

  it('may be names, of which any address does', async () => {
    await using broker = await ScriptedBroker.listen(); // at 127.0.0.1 alone
    await using links = new LinksUnderTest([{ host: 'localhost', port: broker.port }]);

    expect((await links.connect()).link.address).toBe(`stomp://localhost:${broker.port}`);
  });
});

describe('TLS', () => {
  const authority = { ca: certificates.authority };

  it('is spoken to a broker whose certificate fits its name or address', async () => {
    await using broker = await ScriptedBroker.listen({ tls: certificates.server });
    await using byAddress = LinksUnderTest.to(broker, { tls: authority });
    await using byName = new LinksUnderTest([{ host: 'localhost', port: broker.port }], { tls: authority });

    const { link } = await byAddress.connect();
    await link.request(sendTo('/topic/x', 'over TLS'));

    expect(link.address).toBe(`stomps://127.0.0.1:${broker.port}`);
    expect((await byName.connect()).link.isOpen).toBe(true);
    const named = broker.conversations.map(({ socket }) => (socket as unknown as { servername: unknown }).servername); // of a TLSSocket, untyped
    expect(named).toEqual([false, 'localhost']);
  });

  it.each([
    ['that nobody vouches for', {}],
    ['of another name', { ca: certificates.authority, servername: 'broker.example' }],
  ])('is not spoken to one with a certificate %s', async (_, tls) => {
    await using broker = await ScriptedBroker.listen({ tls: certificates.server });
    await using links = LinksUnderTest.to(broker, { tls });

    expect(await failure(links.connect())).toBe('BROKER_UNAVAILABLE');
  });

  it('does not wait for ever for a broker that speaks none', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker, { tls: authority, connectTimeMs: 300 });

    expect(await failure(links.connect())).toBe('BROKER_UNAVAILABLE');
  });

  it('may bring a certificate of our own', async () => {
    const tls = { ...certificates.server, ca: certificates.authority, requestCert: true, rejectUnauthorized: true };
    await using broker = await ScriptedBroker.listen({ tls });
    await using known = LinksUnderTest.to(broker, { tls: { ...authority, ...certificates.client } });
    await using unknown = LinksUnderTest.to(broker, { tls: authority });

    expect((await known.connect()).link.isOpen).toBe(true);
    expect(await failure(unknown.connect())).toBe('BROKER_UNAVAILABLE');
  });
});

describe('a request', () => {
  it('settles with the answer of the broker, in whatever order answers come', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = await links.connect();
    const sends = broker.hold('SEND');
    const settledFirst: string[] = [];

    const sent = link.request(sendTo('/topic/x')).then(() => settledFirst.push('SEND'));
    await link.request(subscribe);
    settledFirst.push('SUBSCRIBE');
    sends.release();
    await sent;

    expect(settledFirst).toEqual(['SUBSCRIBE', 'SEND']);
  });

  it('that is refused by name fails alone, and the words of the broker are not public', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = await links.connect();
    broker.once('SEND', (frame, conversation) =>
      conversation.error('No such place', ['receipt-id', headerValue(frame.headers, 'receipt') ?? '']),
    );

    const error = await errorOf(link.request(sendTo('/topic/x')));

    expect(error).toMatchObject({
      code: 'BROKER_REFUSED',
      endsSession: false,
      publicMessage: 'The broker refused it.',
    });
    expect(error.message).toContain('No such place');
    expect(await failure(link.request(sendTo('/topic/x')))).toBe('resolved');
    expect(heard.errors).toEqual([]);
  });

  it('that an ERROR without a name is about fails as soon as the broker answers what is behind it', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = await links.connect();
    const sends = broker.hold('SEND'); // confirmed late, as RabbitMQ's may be
    const sent = link.request(sendTo('/topic/x'));
    const before = link.request(subscribe);
    broker.once('SUBSCRIBE', (_, conversation, standard) => {
      standard();
      broker.once('SUBSCRIBE', () => conversation.error('Invalid destination', [], 'it is not valid'));
    });
    const culprit = errorOf(link.request({ command: 'SUBSCRIBE', headers: ['id', '2', 'destination', '/nowhere'] }));
    const behind = link.request({ command: 'SUBSCRIBE', headers: ['id', '3', 'destination', '/topic/y'] });

    expect(await failure(before)).toBe('resolved');
    expect(await culprit).toMatchObject({ code: 'BROKER_REFUSED' });
    expect((await culprit).message).toContain('Invalid destination: it is not valid');
    expect(await failure(behind)).toBe('resolved');
    sends.release();
    expect(await failure(sent)).toBe('resolved');
    expect(heard.errors).toEqual([
      { message: 'Invalid destination', body: 'it is not valid', subscription: undefined },
    ]);
    expect(link.isOpen).toBe(true);
  });

  it('of several that errors without names are about: each fails, and no other', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = await links.connect();
    broker.on('SUBSCRIBE', (frame, conversation, standard) => {
      if (headerValue(frame.headers, 'destination') === '/bad') conversation.error('Invalid destination');
      else standard();
    });

    const outcomes = ['/topic/a', '/bad', '/topic/b', '/bad', '/bad', '/topic/c'].map((destination, id) =>
      failure(link.request({ command: 'SUBSCRIBE', headers: ['id', String(id), 'destination', destination] })),
    );

    const [good, bad] = ['resolved', 'BROKER_REFUSED'];
    expect(await Promise.all(outcomes)).toEqual([good, bad, good, bad, bad, good]);
  });

  it('behind one that was refused is refused too, when its ERROR comes while the first one is looked into', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = await links.connect();
    broker.on('SUBSCRIBE', (_, conversation) => conversation.error('Invalid destination'));
    const fence = broker.hold('BEGIN');

    const first = failure(link.request(subscribe));
    await broker.until(() => fence.frames.length === 1);
    const second = failure(link.request({ command: 'SUBSCRIBE', headers: ['id', '2', 'destination', '/nowhere'] }));
    while (heard.errors.length < 2) await turnOfEventLoop();
    fence.release();

    expect(await Promise.all([first, second])).toEqual(['BROKER_REFUSED', 'BROKER_REFUSED']);
    expect(link.isOpen).toBe(true);
  });

  it('is not refused for an ERROR that nobody asked for', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = await links.connect();
    broker.once('SUBSCRIBE', (_, conversation, standard) => {
      conversation.error('Unknown ack id'); // of an ACK without receipt
      standard();
    });

    expect(await failure(link.request(subscribe))).toBe('resolved');
    expect(heard.errors).toHaveLength(1);
  });

  it('of SUBSCRIBE fails with BROKER_REFUSED when the broker ends the connection with an ERROR, others with OUTCOME_UNKNOWN', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = await links.connect();
    broker.hold('SEND');
    broker.on('SUBSCRIBE', (_, conversation) => {
      conversation.error('not_found', [], 'no queue there');
      conversation.end();
    });

    const sent = failure(link.request(sendTo('/topic/x')));
    const first = failure(link.request(subscribe));
    const second = failure(link.request({ command: 'SUBSCRIBE', headers: ['id', '2', 'destination', '/topic/y'] }));

    expect(await Promise.all([sent, first, second])).toEqual(['OUTCOME_UNKNOWN', 'BROKER_REFUSED', 'OUTCOME_UNKNOWN']);
    expect(await heard.lost).toMatchObject({ code: 'BROKER_UNAVAILABLE' });
  });

  it('is not answered by the RECEIPT that RabbitMQ sends of a frame for which it ends the connection', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = await links.connect();
    broker.on('SUBSCRIBE', (_, conversation, standard) => {
      conversation.error('not_found');
      standard(); // with its RECEIPT
      conversation.end();
    });
    broker.on('BEGIN', () => undefined); // the conversation is over for it

    expect(await failure(link.request(subscribe))).toBe('BROKER_REFUSED');
  });

  it('of ACK, answered behind an ERROR and before the end, may have counted or not', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = await links.connect();
    broker.on('ACK', (_, conversation, standard) => {
      conversation.error('precondition_failed');
      standard();
      conversation.end();
    });
    broker.on('BEGIN', () => undefined);

    expect(await failure(link.request({ command: 'ACK', headers: ['id', '7'] }))).toBe('OUTCOME_UNKNOWN');
  });

  it.each([
    ['ends', 'end'],
    ['breaks', 'reset'],
  ] as const)('fails with OUTCOME_UNKNOWN when the connection %s', async (_, end) => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = await links.connect();
    broker.on('SEND', (_frame, conversation) => conversation[end]());

    const error = await errorOf(link.request(sendTo('/topic/x')));

    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', endsSession: false });
    await heard.lost;
    expect(link.isOpen).toBe(false);
    expect(await failure(link.request(sendTo('/topic/x')))).toBe('BROKER_UNAVAILABLE');
    link.send(sendTo('/topic/x')); // dropped
  });

  it('has receiptTimeMs; then the link is given up', async () => {
    await using broker = await ScriptedBroker.listen();
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock, receiptTimeMs: 1_000 });
    const { link, heard } = await links.connect();
    const conversation = await broker.conversation(0);
    const sends = broker.hold('SEND');

    const early = failure(link.request(sendTo('/topic/x')));
    await conversation.next('SEND');
    await clock.advance(600);
    sends.release();
    expect(await early).toBe('resolved');
    broker.hold('SEND');
    const late = failure(link.request(sendTo('/topic/x')));
    await conversation.next('SEND');
    await clock.advance(999);
    expect(heard.isLost).toBe(false);
    await clock.advance(1);

    expect(await late).toBe('OUTCOME_UNKNOWN');
    expect((await heard.lost).message).toContain('no answer to SEND in 1000 ms');
    await conversation.closed();
    expect(clock.timerCount).toBe(0);
  });

  it('of SEND that an ERROR without a name may be about fails alone when its time is over', async () => {
    await using broker = await ScriptedBroker.listen();
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock, receiptTimeMs: 1_000 });
    const { link, heard } = await links.connect();
    broker.once('SEND', (_, conversation) => conversation.error('Unknown destination'));

    const sent = failure(link.request(sendTo('/nowhere')));
    await broker.conversations[0]?.next('SEND');
    await link.request(subscribe);
    await link.request({ command: 'UNSUBSCRIBE', headers: ['id', '1'] }); // all else is answered
    await clock.advance(1_000);

    expect(await sent).toBe('OUTCOME_UNKNOWN');
    expect([link.isOpen, heard.isLost]).toEqual([true, false]);
  });
});

describe('messages', () => {
  it('arrive in order with their octets, large ones with NUL too', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const bodies: Uint8Array[] = [];
    const { link, heard } = await links.connect();
    heard.onMessage = ({ body }) => bodies.push(ownOctets(body));
    await link.request(subscribe);
    const large = Buffer.alloc(900_000, '\0\xff\n', 'latin1');

    const sent = [Buffer.of(0), large, Buffer.from('last')];
    await Promise.all(sent.map((body) => link.request({ ...sendTo('/topic/x'), body })));

    expect(bodies.map((body, at) => sent[at]?.equals(body))).toEqual([true, true, true]);
  });

  it('longer than brokerFrameBodyOctets are told without their body, and the link goes on', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker, { brokerFrameBodyOctets: 100 });
    const { link, heard } = await links.connect();
    const messages: BrokerMessage[] = [];
    heard.onMessage = (message) => messages.push(message);
    await link.request(subscribe);

    broker.conversations[0]?.message('1', '/topic/x', 'x'.repeat(1_000_000));
    broker.conversations[0]?.message('1', '/topic/x', 'x'.repeat(100));
    await link.request(sendTo('/topic/y'));

    expect(messages.map(({ body, isOversized }) => [body.length, isOversized])).toEqual([
      [0, true],
      [100, undefined],
    ]);
    expect(link.isOpen).toBe(true);
  });

  it('cut in the middle are never handed over, those before it are', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { heard } = await links.connect();

    broker.conversations[0]?.message('1', '/topic/x', 'whole');
    broker.conversations[0]?.type('MESSAGE\nsubscription:1\ndestination:/topic/x\nmessage-id:2\n\nhal');
    broker.conversations[0]?.cut();
    await heard.lost;

    expect(heard.messages).toEqual(['whole']);
  });

  it('whose listener fails are logged, and the link goes on', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = await links.connect();
    heard.onNews = () => {
      throw new Error('cannot');
    };
    await link.request(subscribe);

    await link.request(sendTo('/topic/x', 'one'));
    await link.request(sendTo('/topic/x', 'two'));

    expect(heard.messages).toEqual(['one', 'two']);
    expect(links.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(2);
  });
});

describe('a paused link', () => {
  it('hands over nothing more, not even what came in the same packet, until it is resumed', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = await links.connect();
    const nextMessage = (): Promise<void> =>
      new Promise((resolve) => {
        heard.onNews = () => {
          link.pause();
          resolve();
        };
      });

    const first = nextMessage();
    broker.conversations[0]?.type(
      ['one', 'two', 'three'].map((body) => `MESSAGE\nsubscription:1\n\n${body}\0`).join(''),
    );
    await first;
    for (const expected of [['one'], ['one', 'two'], ['one', 'two', 'three']]) {
      await turnOfEventLoop();
      expect(heard.messages).toEqual(expected);
      const next = nextMessage();
      link.resume();
      if (expected.length < 3) await next;
    }
  });

  it('does not take the broker for dead, nor its answers for late', async () => {
    await using broker = await ScriptedBroker.listen({ heartBeat: '1000,0' });
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, {
      clock,
      heartBeat: { sends: 0, expects: 1_000 },
      receiptTimeMs: 2_000,
    });
    const { link, heard } = await links.connect();
    const sends = broker.hold('SEND');
    const sent = failure(link.request(sendTo('/topic/x')));
    await broker.conversations[0]?.next('SEND');

    link.pause();
    await clock.advance(60_000);
    expect(heard.isLost).toBe(false);
    link.resume();
    await clock.advance(1_999);
    sends.release();

    expect(await sent).toBe('resolved');
  });

  it('that is lost hands over what came before', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = await links.connect();
    heard.onNews = () => link.pause();

    const conversation = await broker.conversation(0);
    conversation.type(
      'MESSAGE\nsubscription:1\n\none\0MESSAGE\nsubscription:1\n\ntwo\0MESSAGE\nsubscription:1\n\nthree\0',
    );
    await new Promise<void>((resolve) => {
      heard.onNews = () => {
        link.pause();
        resolve();
      };
    });
    expect(heard.messages).toEqual(['one']);
    conversation.reset();
    while (!heard.isLost) {
      link.send(sendTo('/topic/x')); // who reads nothing notices the end when it writes
      await turnOfEventLoop();
    }

    expect(heard.messages).toEqual(['one', 'two', 'three']);
  });
});

describe('heart-beats', () => {
  it('leave at least every agreed interval while nothing else is sent', async () => {
    await using broker = await ScriptedBroker.listen({ heartBeat: '0,2000' });
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock, heartBeat: { sends: 1_000, expects: 0 } });
    await links.connect();
    const conversation = await broker.conversation(0);

    for (const beats of [1, 2, 3]) {
      await clock.advance(2_000);
      await broker.until(() => conversation.heartBeats >= beats, 'heart-beat');
    }
  });

  it('that do not come for three intervals and a fourth that ends are the end of the link', async () => {
    await using broker = await ScriptedBroker.listen({ heartBeat: '1000,0' });
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock, heartBeat: { sends: 0, expects: 500 } });
    const { heard } = await links.connect();

    await clock.advance(1_000); // CONNECTED was in it
    await clock.advance(2_999);
    expect(heard.isLost).toBe(false);
    await clock.advance(1);

    expect((await heard.lost).message).toContain('the broker is silent');
    await broker.conversations[0]?.closed();
  });

  it('are any octet, and keep the link for ever', async () => {
    await using broker = await ScriptedBroker.listen({ heartBeat: '1000,0' });
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock, heartBeat: { sends: 0, expects: 1_000 } });
    const { link, heard } = await links.connect();

    for (let round = 0; round < 10; round += 1) {
      await clock.advance(2_500);
      broker.conversations[0]?.type('\n');
      await link.request(sendTo('/topic/x'));
    }

    expect(heard.isLost).toBe(false);
  });
});

describe('writing', () => {
  it('asks to wait while the broker does not keep up, and lets go when it does, or is lost', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = await links.connect();
    const conversation = await broker.conversation(0);
    const body = Buffer.alloc(512 * 1024);
    expect(link.whenWritable()).toBeUndefined();

    conversation.stopReading();
    while (!link.whenWritable()) {
      link.send({ ...sendTo('/topic/x'), body });
      await turnOfEventLoop();
    }
    const room = link.whenWritable();
    conversation.readAgain();
    await room;
    conversation.stopReading();
    for (let count = 0; count < 64; count += 1) link.send({ ...sendTo('/topic/x'), body });
    const never = link.whenWritable();
    expect(never).toBeDefined();
    conversation.reset();
    await Promise.all([never, heard.lost]);
  });

  it('of one turn of the event loop leaves in order', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = await links.connect();

    for (let count = 0; count < 100; count += 1) link.send(sendTo(`/topic/${count}`));
    await link.request(sendTo('/topic/last'));

    const expected = Array.from({ length: 100 }, (_, count) => `SEND /topic/${count}`);
    expect(broker.conversations[0]?.commands).toEqual(['CONNECT', ...expected, 'SEND /topic/last']);
  });
});

describe('close', () => {
  it('waits for what is unanswered, then says DISCONNECT and waits for its answer', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link, heard } = await links.connect();
    const conversation = await broker.conversation(0);
    const sends = broker.hold('SEND');
    const sent = failure(link.request(sendTo('/topic/x')));
    await conversation.next('SEND');

    const closed = link.close();
    expect(link.isOpen).toBe(false);
    conversation.message('1', '/topic/x', 'too late');
    sends.release();

    expect(await closed).toBe(true);

    expect(await sent).toBe('resolved');
    expect(conversation.commands.at(-1)).toBe('DISCONNECT');
    await conversation.closed();
    expect([heard.isLost, heard.messages]).toEqual([false, []]);
    expect(await link.close()).toBe(true); // once more: nothing
  });

  it('cuts the connection when the broker does not answer in 5 s', async () => {
    await using broker = await ScriptedBroker.listen();
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock });
    const { link, heard } = await links.connect();
    broker.hold('DISCONNECT');

    const closed = link.close();
    await broker.conversations[0]?.next('DISCONNECT');
    await clock.advance(5_000);

    expect(await closed).toBe(false);
    await broker.conversations[0]?.closed();
    expect(heard.isLost).toBe(false);
    expect(clock.timerCount).toBe(0);
  });

  it('is not held up by an ERROR', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = await links.connect();
    broker.on('DISCONNECT', (_, conversation, standard) => {
      conversation.error('odd');
      standard();
    });

    await link.close();

    expect(broker.conversations[0]?.commands).toEqual(['CONNECT', 'DISCONNECT']);
  });

  it('of a paused link reads on', async () => {
    await using broker = await ScriptedBroker.listen();
    await using links = LinksUnderTest.to(broker);
    const { link } = await links.connect();

    link.pause();

    await link.close();
  });
});

describe('terminate', () => {
  it('cuts at once, fails what is unanswered and tells the listener once', async () => {
    await using broker = await ScriptedBroker.listen({ heartBeat: '1000,1000' });
    const clock = fakeClock();
    await using links = LinksUnderTest.to(broker, { clock, heartBeat: { sends: 1_000, expects: 1_000 } });
    const { link, heard } = await links.connect();
    broker.hold('SEND');
    const sent = failure(link.request(sendTo('/topic/x')));

    link.terminate('enough');
    link.terminate('really');

    expect((await heard.lost).message).toContain('enough');
    expect(await sent).toBe('OUTCOME_UNKNOWN');
    expect(clock.timerCount).toBe(0);
    await broker.conversations[0]?.closed();
  });
});
