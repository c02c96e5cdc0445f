import { MessageHandlingError } from '../../src/foundation/errors.js';
import { NativeHeaders } from '../../src/messaging/native-headers.js';
import { SessionUnsubscribeEvent, SubscriptionActiveEvent } from '../../src/events/session-events.js';
import { deferred, type RawClient, SessionFixture, settled } from './session-fixture.js';

const bodies = (client: RawClient): string[] =>
  client.frames.filter(({ command }) => command === 'MESSAGE').map(({ body }) => body);

describe('a subscription', () => {
  it('receives what names it, as a MESSAGE frame with its own id (M1)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    client.type('SUBSCRIBE\nid:s:1\ndestination:/topic/a\n\n\0'.replace('s:1', 's\\c1'));

    fixture.deliver(client, 's:1', {
      text: 'grüß dich',
      id: 'm-7',
      headers: new NativeHeaders(['content-type', 'text/plain', 'price', '', 'note', 'a:b\nc']),
    });
    await settled();

    expect(client.frame('MESSAGE')).toEqual({
      command: 'MESSAGE',
      headers: {
        subscription: 's:1',
        destination: '/topic/a',
        'message-id': 'm-7',
        'content-type': 'text/plain',
        price: '',
        note: 'a:b\nc',
        'content-length': '11',
      },
      body: 'grüß dich',
    });
  });

  it('shows a user destination as the client knows it', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    client.type('SUBSCRIBE\nid:1\ndestination:/user/queue/a\n\n\0');

    fixture.deliver(client, '1', { destination: '/queue/a-user-123', userDestination: '/user/queue/a' });
    await settled();

    expect(client.frame('MESSAGE')?.headers['destination']).toBe('/user/queue/a');
  });

  it('gets a message id even if the message had none, a new one each time (M2)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');

    fixture.deliver(client, '1', { id: undefined });
    fixture.deliver(client, '1', { id: undefined });
    await settled();

    const ids = client.frames.slice(1).map(({ headers }) => headers['message-id']);
    expect(new Set(ids).size).toBe(2);
    expect(ids.every(Boolean)).toBe(true);
  });

  it('may be answered while it is being made', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = ({ type }) => {
      if (type === 'SUBSCRIBE') fixture.deliver(client, '1', { text: 'now' });
    };

    client.type('SUBSCRIBE\nid:1\ndestination:/app/now\nreceipt:1\n\n\0');
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'MESSAGE', 'RECEIPT 1']);
  });

  it('receives nothing more after UNSUBSCRIBE (U1)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0SUBSCRIBE\nid:2\ndestination:/topic/a\n\n\0');
    const unsubscribing = deferred();
    fixture.onMessage = () => unsubscribing.promise;

    client.type('UNSUBSCRIBE\nid:1\nreceipt:1\n\n\0');
    fixture.deliver(client, '1', { text: 'too late' });
    fixture.deliver(client, '2', { text: 'for the other' });
    unsubscribing.resolve();
    await settled();
    fixture.deliver(client, '1', { text: 'much too late' });
    await settled();

    expect(bodies(client)).toEqual(['for the other']);
    expect(client.commands).toContain('RECEIPT 1');
  });

  it('that the client never made receives nothing', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    fixture.deliver(client, 'unknown');
    await settled();

    expect(client.commands).toEqual(['CONNECTED']);
  });

  it('is published as an event when it is live, and when it ended', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    const session = fixture.sessionOf(client);
    const subscribing = deferred();
    fixture.onMessage = () => subscribing.promise;

    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');
    await settled();
    const before = fixture.events.length;
    subscribing.resolve();
    await settled();
    client.type('UNSUBSCRIBE\nid:1\n\n\0');
    await settled();

    expect(before).toBe(1); // connected
    expect(fixture.events.slice(1)).toEqual([
      new SubscriptionActiveEvent(session, '1', '/topic/a'),
      new SessionUnsubscribeEvent(session, '1', '/topic/a'),
    ]);
  });

  it('whose id is in use gets ERROR and the end (B3)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0SUBSCRIBE\nid:1\ndestination:/topic/b\nreceipt:r\n\n\0');
    await settled();

    expect(client.frame('ERROR')?.headers).toMatchObject({ code: 'SUBSCRIPTION_ID_IN_USE', 'receipt-id': 'r' });
    expect(client.end?.code).toBe(1002);
  });

  it('may have an id again that was given back', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type(
      'SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0UNSUBSCRIBE\nid:1\n\n\0SUBSCRIBE\nid:1\ndestination:/topic/b\nreceipt:r\n\n\0',
    );
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT r']);
  });

  it('may have an id that another connection uses (B3)', async () => {
    const fixture = new SessionFixture();
    const [one, other] = [await fixture.connect(), await fixture.connect()];

    one.type('SUBSCRIBE\nid:1\ndestination:/topic/a\nreceipt:r\n\n\0');
    other.type('SUBSCRIBE\nid:1\ndestination:/topic/a\nreceipt:r\n\n\0');
    fixture.deliver(other, '1');
    await settled();

    expect(one.commands).toEqual(['CONNECTED', 'RECEIPT r']);
    expect(other.commands).toEqual(['CONNECTED', 'RECEIPT r', 'MESSAGE']);
  });

  it('that nobody made cannot be ended: ERROR and the end (U2)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type('UNSUBSCRIBE\nid:1\nreceipt:r\n\n\0');
    await settled();

    expect(client.frame('ERROR')?.headers).toMatchObject({ code: 'SUBSCRIPTION_UNKNOWN', 'receipt-id': 'r' });
    expect(client.end?.code).toBe(1002);
    expect(fixture.handled).toEqual(['CONNECT', 'DISCONNECT']);
  });

  it('whose handler failed in application code can be ended like any other', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = ({ type }) => {
      if (type === 'SUBSCRIBE') throw new MessageHandlingError('HANDLER_FAILED', 'c', 'failed');
    };

    client.type('SUBSCRIBE\nid:1\ndestination:/app/now\n\n\0UNSUBSCRIBE\nid:1\nreceipt:r\n\n\0');
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT r']);
  });
});

describe('a subscription whose handler failed in application code', () => {
  const failing = async (): Promise<{ fixture: SessionFixture; client: RawClient }> => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = ({ type }) => {
      if (type === 'SUBSCRIBE') throw new MessageHandlingError('HANDLER_FAILED', 'c', 'failed');
    };
    client.type('SUBSCRIBE\nid:1\ndestination:/app/now\n\n\0');
    fixture.onMessage = () => undefined;
    return { fixture, client };
  };

  it('gives its id back: the next may have it', async () => {
    const { fixture, client } = await failing();

    client.type('SUBSCRIBE\nid:1\ndestination:/app/now\nreceipt:r\n\n\0');
    fixture.deliver(client, '1');
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT r', 'MESSAGE']);
  });

  it('receives nothing', async () => {
    const { fixture, client } = await failing();

    fixture.deliver(client, '1');
    await settled();

    expect(client.commands).toEqual(['CONNECTED']);
  });

  it('can be ended once, which is no event: it never was live', async () => {
    const { fixture, client } = await failing();

    client.type('UNSUBSCRIBE\nid:1\nreceipt:r\n\n\0UNSUBSCRIBE\nid:1\n\n\0');
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT r', 'ERROR']);
    expect(client.errorCode).toBe('SUBSCRIPTION_UNKNOWN');
    expect(fixture.events.map((event) => event.constructor)).not.toContain(SessionUnsubscribeEvent);
  });
});

describe('a STOMP 1.0 subscription without id (B1)', () => {
  it('is known by its destination, and its MESSAGE frames have no subscription', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect('');
    client.type('SUBSCRIBE\ndestination:/topic/a\nreceipt:1\n\n\0');
    const subscriptionId = fixture.received.at(-1)?.subscriptionId ?? '';

    fixture.deliver(client, subscriptionId, { text: 'one' });
    client.type('UNSUBSCRIBE\ndestination:/topic/a\nreceipt:2\n\n\0');
    fixture.deliver(client, subscriptionId, { text: 'two' });
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1', 'MESSAGE', 'RECEIPT 2']);
    expect(client.frame('MESSAGE')?.headers).not.toHaveProperty('subscription');
    expect(fixture.received.at(-1)).toMatchObject({ type: 'UNSUBSCRIBE', subscriptionId, destination: '/topic/a' });
  });

  it('may also have one, which its MESSAGE frames then carry', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect('');
    client.type('SUBSCRIBE\nid:7\ndestination:/topic/a\n\n\0');

    fixture.deliver(client, '7');
    client.type('UNSUBSCRIBE\nid:7\nreceipt:r\n\n\0');
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'MESSAGE', 'RECEIPT r']);
    expect(client.frame('MESSAGE')?.headers['subscription']).toBe('7');
  });

  it('cannot be made twice: nobody could tell them apart', async () => {
    const client = await new SessionFixture().connect('');

    client.type('SUBSCRIBE\ndestination:/topic/a\n\n\0SUBSCRIBE\ndestination:/topic/a\n\n\0');
    await settled();

    expect(client.errorCode).toBe('SUBSCRIPTION_ID_IN_USE');
  });

  it('cannot be ended with neither id nor destination', async () => {
    const client = await new SessionFixture().connect('');

    client.type('SUBSCRIBE\ndestination:/topic/a\n\n\0UNSUBSCRIBE\n\n\0');
    await settled();

    expect(client.errorCode).toBe('STOMP_MISSING_HEADER');
  });
});

describe('what is delivered', () => {
  it('keeps a header value that the version cannot express from breaking the frame (F15)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect('');
    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');

    fixture.deliver(client, '1', { headers: new NativeHeaders(['note', 'one\nevil:yes']) });
    await settled();

    expect(client.frame('MESSAGE')?.headers).toMatchObject({ note: 'one evil:yes' });
    expect(client.frame('MESSAGE')?.headers).not.toHaveProperty('evil');
  });

  it('to sessions of several versions is written for each of them', async () => {
    const fixture = new SessionFixture();
    const clients = [
      await fixture.connect('accept-version:1.2'),
      await fixture.connect('accept-version:1.1'),
      await fixture.connect(''),
    ];
    for (const client of clients) client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');
    const headers = new NativeHeaders(['note', 'a:b\rc']);

    for (const client of clients) fixture.deliver(client, '1', { headers });
    await settled();

    expect(clients.map((client) => client.frame('MESSAGE')?.headers['note'])).toEqual(['a:b\rc', 'a:b c', 'a:b c']);
  });

  it('but is no message of a client session is ignored', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');
    const subscribe = fixture.received.at(-1);

    if (subscribe) fixture.registry.handleMessage(subscribe);
    await settled();

    expect(client.commands).toEqual(['CONNECTED']);
  });
});
