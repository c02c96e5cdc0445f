import { MessageRejectedError } from '../../src/foundation/errors.js';
import type { Message } from '../../src/messaging/message.js';
import { SessionDisconnectEvent } from '../../src/events/session-events.js';
import { deferred, SessionFixture, settled, until } from './session-fixture.js';

const send = (body: string, headers = ''): string => `SEND\ndestination:/app/a\n${headers}\n${body}\0`;
const disconnects = (fixture: SessionFixture): SessionDisconnectEvent[] =>
  fixture.events.filter((event) => event instanceof SessionDisconnectEvent);

describe('DISCONNECT', () => {
  it('is answered by RECEIPT, and only then the connection closes with 1000 (D1)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    const cleaning = deferred();
    fixture.onMessage = () => cleaning.promise;

    client.type('DISCONNECT\nreceipt:bye\n\n\0');
    await settled();
    const before = { commands: client.commands, end: client.end };
    cleaning.resolve();
    await settled();

    expect(before).toEqual({ commands: ['CONNECTED'], end: undefined });
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT bye']);
    expect(client.end).toEqual({ code: 1000, reason: 'DISCONNECT' });
  });

  it.each([[false], [true]])(
    'is answered by ERROR where it is not known that everything before it arrived (refused by an interceptor first: %s)',
    async (isRefused) => {
      const refuse = { preSend: (message: Message) => (message.type === 'DISCONNECT' && isRefused ? null : message) };
      const fixture = new SessionFixture({ interceptors: [refuse] });
      const client = await fixture.connect();
      let isKnown = false;
      fixture.onMessage = () => {
        if (isKnown) return; // as a broker does that has forgotten the session
        isKnown = true;
        throw new MessageRejectedError('lost', { code: 'OUTCOME_UNKNOWN', endsSession: false });
      };

      client.type('DISCONNECT\nreceipt:bye\n\n\0');
      await until(() => client.end !== undefined);

      expect(client.commands).toEqual(['CONNECTED', 'ERROR']);
      const { headers } = client.frame('ERROR') ?? {};
      expect([headers?.['code'], headers?.['receipt-id']]).toEqual(['OUTCOME_UNKNOWN', 'bye']);
      expect(client.end?.code).toBe(1013);
      expect(disconnects(fixture)).toHaveLength(1);
      expect(fixture.registry.size).toBe(0);
    },
  );

  it('without receipt closes the connection with 1000', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type('DISCONNECT\n\n\0');
    await settled();

    expect(client.commands).toEqual(['CONNECTED']);
    expect(client.end?.code).toBe(1000);
    expect(fixture.registry.size).toBe(0);
  });

  it('lets the frames before it be handled, and none behind it (D2)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = ({ type }) => (type === 'MESSAGE' ? settled() : undefined);

    client.type(`${send('one')}${send('two')}DISCONNECT\nreceipt:bye\n\n\0${send('three')}`);
    client.type(send('four'));
    await until(() => client.end !== undefined);

    expect(fixture.handled).toEqual(['CONNECT', 'MESSAGE one', 'MESSAGE two', 'DISCONNECT']);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT bye']);
  });

  it('lets what was delivered before it leave first', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');
    fixture.deliver(client, '1');

    client.type('DISCONNECT\nreceipt:bye\n\n\0');
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'MESSAGE', 'RECEIPT bye']);
  });

  it('reaches the inbound channel with its headers', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type('DISCONNECT\nreceipt:bye\nwhy:tired\n\n\0');
    await settled();

    expect(fixture.received.at(-1)?.headers.list).toEqual(['receipt', 'bye', 'why', 'tired']);
  });

  it('is answered though a listener of its event is still busy', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.applicationEvents.on(SessionDisconnectEvent, () => new Promise(() => undefined));

    client.type('DISCONNECT\nreceipt:bye\n\n\0');
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT bye']);
  });
});

describe('the end of a session', () => {
  const ends: [
    string,
    number,
    string,
    (client: Awaited<ReturnType<SessionFixture['connect']>>, fixture: SessionFixture) => unknown,
  ][] = [
    ['DISCONNECT', 1000, 'DISCONNECT', (client) => client.type('DISCONNECT\n\n\0')],
    ['DISCONNECT with a receipt', 1000, 'DISCONNECT', (client) => client.type('DISCONNECT\nreceipt:1\n\n\0')],
    ['a broken connection', 1006, '', (client) => client.peer.close(1006)],
    ['a close from the client', 1001, 'leaving the page', (client) => client.peer.close(1001, 'leaving the page')],
    ['a broken frame', 1002, 'STOMP_UNKNOWN_COMMAND', (client) => client.type('NONSENSE\n\n\0')],
    ['a second CONNECT', 1002, 'ALREADY_CONNECTED', (client) => client.type('CONNECT\n\n\0')],
    ['a stop of the server', 1001, 'SERVER_STOPPING', (_, fixture) => fixture.registry.stop(Promise.resolve())],
    [
      'a DISCONNECT and a broken connection at once',
      1000,
      'DISCONNECT',
      (client) => (client.type('DISCONNECT\n\n\0'), client.peer.close(1006)),
    ],
    [
      'a broken frame and a broken connection at once',
      1002,
      'STOMP_UNKNOWN_COMMAND',
      (client) => (client.type('NONSENSE\n\n\0'), client.peer.close(1006)),
    ],
  ];

  it.each(ends)(
    'by %s is told once: one DISCONNECT message, one event (code %d, reason %j)',
    async (_, code, reason, end) => {
      const fixture = new SessionFixture();
      const client = await fixture.connect();
      const session = fixture.sessionOf(client);

      await end(client, fixture);
      await settled();
      client.peer.close();
      await settled();

      expect(fixture.handled).toEqual(['CONNECT', 'DISCONNECT']);
      expect(disconnects(fixture)).toEqual([new SessionDisconnectEvent(session, code, reason)]);
      expect(fixture.registry.size).toBe(0);
      expect(fixture.clock.timerCount).toBe(0);
    },
  );

  it('comes after the frames that were received before the connection broke (D2)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    const handling = deferred();
    fixture.onMessage = ({ payload }) => (Buffer.from(payload).toString() === 'one' ? handling.promise : undefined);

    client.type(send('one') + send('two'));
    client.peer.close(1006);
    await settled();
    const before = fixture.handled;
    handling.resolve();
    await settled();

    expect(before).toEqual(['CONNECT', 'MESSAGE one']);
    expect(fixture.handled).toEqual(['CONNECT', 'MESSAGE one', 'MESSAGE two', 'DISCONNECT']);
    expect(disconnects(fixture)).toHaveLength(1);
  });

  it('is no event for a session that never was connected', async () => {
    const fixture = new SessionFixture();
    const [silent, refused] = [fixture.open(), fixture.open()];
    fixture.onMessage = ({ type }) => {
      if (type === 'CONNECT') throw new MessageRejectedError('no');
    };

    silent.peer.close();
    refused.type('CONNECT\n\n\0');
    await settled();

    expect(fixture.events).toEqual([]);
    expect(fixture.handled).toEqual(['CONNECT', 'DISCONNECT']);
  });

  it('reaches all handlers even if an interceptor refuses DISCONNECT', async () => {
    const interceptor = { preSend: (message: Message) => (message.type === 'DISCONNECT' ? null : message) };
    const fixture = new SessionFixture({ interceptors: [interceptor] });
    const client = await fixture.connect();

    client.peer.close(1006);
    await settled();

    expect(fixture.handled).toEqual(['CONNECT', 'DISCONNECT']);
    expect(disconnects(fixture)).toHaveLength(1);
  });

  it('answers the RECEIPT of a DISCONNECT that an interceptor refuses: the session is over all the same', async () => {
    const interceptor = {
      preSend: (message: Message) => (message.type === 'DISCONNECT' ? Promise.reject(new Error('no')) : message),
    };
    const fixture = new SessionFixture({ interceptors: [interceptor] });
    const client = await fixture.connect();

    client.type('DISCONNECT\nreceipt:bye\n\n\0');
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT bye']);
    expect(client.end?.code).toBe(1000);
    expect(fixture.handled).toEqual(['CONNECT', 'DISCONNECT']);
  });

  it('reaches all handlers even if one of them fails to clean up, which is logged', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    const failure = new Error('disk full');
    fixture.onMessage = () => Promise.reject(failure);
    const reached: string[] = [];
    fixture.inbound.subscribe({ handleMessage: ({ type }) => void reached.push(type) });

    client.peer.close(1006);
    await settled();

    expect(reached).toEqual(['DISCONNECT']);
    expect(disconnects(fixture)).toHaveLength(1);
    expect(fixture.log).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'the clean-up of a session failed' }),
    );
  });

  it('drops deliveries that come too late', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');
    client.type('DISCONNECT\n\n\0');

    fixture.deliver(client, '1');
    await settled();

    expect(client.commands).toEqual(['CONNECTED']);
  });

  it('is not answered twice when a frame in progress fails after it', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    const handling = deferred();
    fixture.onMessage = ({ type }) => (type === 'MESSAGE' ? handling.promise : undefined);
    client.type(send('hi', 'receipt:1\n'));
    await settled();

    await fixture.registry.stop(Promise.resolve());
    handling.reject(new Error('too late'));
    await settled();

    expect(client.commands).toEqual(['CONNECTED']);
    expect(client.end?.code).toBe(1001);
    expect(disconnects(fixture)).toHaveLength(1);
  });
});

describe('stopping', () => {
  it('waits for frames that came, takes no further ones, then closes with 1001', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    const handling = deferred();
    fixture.onMessage = ({ payload }) => (Buffer.from(payload).toString() === 'one' ? handling.promise : undefined);
    client.type(send('one', 'receipt:1\n') + send('two', 'receipt:2\n'));

    const stopped = fixture.registry.stop(new Promise(() => undefined));
    client.type(send('three', 'receipt:3\n'));
    await settled();
    const before = client.end;
    handling.resolve();
    await stopped;
    await settled();

    expect(before).toBeUndefined();
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1', 'RECEIPT 2']);
    expect(client.end).toEqual({ code: 1001, reason: 'SERVER_STOPPING' });
  });

  it('closes at the deadline though a handler is still busy', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = ({ type }) => (type === 'MESSAGE' ? new Promise(() => undefined) : undefined);
    client.type(send('hi', 'receipt:1\n'));

    await fixture.registry.stop(settled());
    await settled();

    expect(client.end?.code).toBe(1001);
    expect(fixture.registry.size).toBe(0);
  });

  it('waits until the ends of sessions were handled and told, of those too that left before', async () => {
    const fixture = new SessionFixture();
    const log: string[] = [];
    const [left, connected] = [await fixture.connect(), await fixture.connect()];
    fixture.onMessage = async ({ type }) => {
      await settled();
      log.push(type);
    };
    fixture.applicationEvents.on(SessionDisconnectEvent, async () => {
      await settled();
      log.push('listener');
    });
    left.peer.close(1006);
    await until(() => fixture.registry.size === 1);

    await fixture.registry.stop(new Promise(() => undefined));

    expect(connected.end?.code).toBe(1001);
    expect(log).toEqual(['DISCONNECT', 'DISCONNECT', 'listener', 'listener']);
  });

  it('waits for the end of a session no longer than the deadline', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = () => new Promise(() => undefined);

    await fixture.registry.stop(settled());
    await settled();

    expect(client.end?.code).toBe(1001);
  });

  it('refuses who comes meanwhile', async () => {
    const fixture = new SessionFixture();
    await fixture.registry.stop(Promise.resolve());

    const client = await fixture.connect();

    expect(client.errorCode).toBe('SERVER_STOPPING');
    expect(client.end?.code).toBe(1013);
    expect(fixture.received).toEqual([]);
  });
});
