import type { Delivery } from '../../src/messaging/delivery';
import { AnswerIds } from '../../src/messaging/answer-ids';
import { Message } from '../../src/messaging/message';
import type { SubscriptionTicket } from '../../src/messaging/subscription-ticket';
import { type RawClient, SessionFixture, settled } from './session-fixture';

const subscribe = (ack: string): string => `SUBSCRIBE\nid:1\ndestination:/queue/a\nack:${ack}\n\n\0`;

/** Delivers `hi` to the subscription 1 of the client. */
function deliver(
  fixture: SessionFixture,
  client: RawClient,
  { id = 'm-1', ...target }: { id?: string; delivery?: Delivery; ticket?: SubscriptionTicket },
): void {
  const published = new Message({ type: 'MESSAGE', payload: Buffer.from('hi'), destination: '/queue/a', id });
  fixture.registry.handleMessage(published.deliveredTo(fixture.sessionOf(client), '1', target));
}

/** The tickets of the SUBSCRIBE messages that came, in order. */
function ticketsOf({ received }: SessionFixture): SubscriptionTicket[] {
  return received.flatMap(({ type, ticket }) => (type === 'SUBSCRIBE' && ticket ? [ticket] : []));
}

describe('the MESSAGE frame of a delivery', () => {
  it.each([
    ['1.2', 'client-individual', 'm-1:7'],
    ['1.1', 'client-individual', undefined],
    ['1.0', 'client', undefined],
  ])('names in STOMP %s what it is acknowledged by, where the version knows that (K3)', async (version, mode, ack) => {
    const fixture = new SessionFixture();
    const client = await fixture.connect(`accept-version:${version}`);
    client.type(subscribe(mode));

    deliver(fixture, client, { delivery: { ackId: 'm-1:7' } });
    await settled();

    expect(client.frame('MESSAGE')?.headers['ack']).toBe(ack);
    expect(client.frame('MESSAGE')?.headers).toMatchObject({ subscription: '1', 'message-id': 'm-1' });
  });

  it.each([
    ['1.2', 'line\nreturn\rcolon:backslash\\'],
    ['1.1', 'line\nreturn colon:backslash\\'],
    ['1.0', 'line return colon:backslash\\'],
  ])('has further headers of its own, written so that STOMP %s can read them (F15)', async (version, read) => {
    const fixture = new SessionFixture();
    const client = await fixture.connect(`accept-version:${version}`);
    client.type(subscribe('auto'));

    deliver(fixture, client, {
      delivery: { headers: ['redelivered', 'true', 'text', 'line\nreturn\rcolon:backslash\\'] },
    });
    await settled();

    expect(client.frame('MESSAGE')?.headers).toMatchObject({ redelivered: 'true', text: read, subscription: '1' });
    expect(client.frame('MESSAGE')?.headers).not.toHaveProperty('ack');
    expect(client.frame('MESSAGE')?.body).toBe('hi');
  });

  it('has the `ack` header that STOMP 1.2 wants even if nobody waits to hear of it', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    client.type(subscribe('client'));

    deliver(fixture, client, { id: 'm-9' });
    await settled();

    expect(client.frame('MESSAGE')?.headers['ack']).toBe('m-9');
  });
});

describe('an answer to a SUBSCRIBE', () => {
  it.each([
    ['ACK', '1.2', (id: string) => `id:${id}`],
    ['NACK', '1.2', (id: string) => `id:${id}`],
    ['ACK', '1.1', (id: string) => `message-id:${id}\nsubscription:1`],
    ['NACK', '1.1', (id: string) => `message-id:${id}\nsubscription:1`],
    ['ACK', '1.0', (id: string) => `message-id:${id}`],
  ])('may be acknowledged, which means nothing: %s of STOMP %s', async (command, version, headers) => {
    const fixture = new SessionFixture();
    const client = await fixture.connect(`accept-version:${version}`);
    client.type(subscribe('client'));
    deliver(fixture, client, { id: new AnswerIds().next() });
    await settled();
    const { ack, 'message-id': messageId } = client.frame('MESSAGE')?.headers ?? {};

    client.type(`${command}\n${headers((version === '1.2' ? ack : messageId) ?? '')}\nreceipt:1\n\n\0`);
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'MESSAGE', 'RECEIPT 1']);
    expect(fixture.handled).toEqual(['CONNECT', 'SUBSCRIBE /queue/a']);
  });

  it('may be acknowledged in a transaction, which must be open', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    const id = new AnswerIds().next();

    client.type(
      `BEGIN\ntransaction:tx\n\n\0ACK\nid:${id}\ntransaction:tx\n\n\0COMMIT\ntransaction:tx\nreceipt:1\n\n\0`,
    );
    client.type(`ACK\nid:${id}\ntransaction:tx\n\n\0`);
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1', 'ERROR']);
    expect(client.errorCode).toBe('TRANSACTION_UNKNOWN');
  });
});

describe('what an ACK or NACK message is about', () => {
  it.each([
    ['1.2', 'ACK', 'id:7', { ackId: '7' }],
    ['1.2', 'NACK', 'id:7\nrequeue:false', { ackId: '7' }],
    ['1.1', 'ACK', 'message-id:7\nsubscription:1', { messageId: '7', subscriptionId: '1' }],
    ['1.1', 'NACK', 'message-id:7\nsubscription:1', { messageId: '7', subscriptionId: '1' }],
    ['1.0', 'ACK', 'message-id:7\nsubscription:1', { messageId: '7', subscriptionId: '1' }],
    ['1.0', 'ACK', 'message-id:7', { messageId: '7', subscriptionId: undefined }],
  ])('is said in the form of STOMP %s: %s %j', async (version, command, headers, acknowledgement) => {
    const fixture = new SessionFixture();
    const client = await fixture.connect(`accept-version:${version}`);

    client.type(`${command}\n${headers}\nreceipt:1\n\n\0`);
    await settled();

    const message = fixture.received.at(-1);
    expect(message?.type).toBe(command);
    expect(message?.acknowledgement).toEqual({ ...acknowledgement, transaction: undefined });
    expect(message?.headers.get('requeue')).toBe(headers.includes('requeue') ? 'false' : undefined);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1']);
  });

  it.each([
    ['1.2', 'ACK\nmessage-id:7\nsubscription:1', 'STOMP_MISSING_HEADER'],
    ['1.2', 'NACK\nmessage-id:7\nsubscription:1', 'STOMP_MISSING_HEADER'],
    ['1.1', 'ACK\nmessage-id:7', 'STOMP_MISSING_HEADER'],
    ['1.1', 'NACK\nsubscription:1', 'STOMP_MISSING_HEADER'],
    ['1.0', 'ACK\nid:7', 'STOMP_MISSING_HEADER'],
    ['1.0', 'NACK\nmessage-id:7', 'STOMP_UNKNOWN_COMMAND'],
  ])('must be said: STOMP %s refuses %j (K6)', async (version, frame, code) => {
    const fixture = new SessionFixture();
    const client = await fixture.connect(`accept-version:${version}`);

    client.type(`${frame}\n\n\0`);
    await settled();

    expect(client.errorCode).toBe(code);
    expect(client.end?.code).toBe(1002);
  });

  it('passes the interceptors, which may refuse it', async () => {
    const fixture = new SessionFixture({
      interceptors: [{ preSend: (message) => (message.type === 'ACK' ? null : message) }],
    });
    const client = await fixture.connect();

    client.type('ACK\nid:7\nreceipt:1\n\n\0');
    await settled();

    expect(client.frame('ERROR')?.headers).toMatchObject({ code: 'MESSAGE_REJECTED', 'receipt-id': '1' });
  });
});

describe('the ticket of a subscription', () => {
  it('keeps what was meant for it from a later subscription of the same id', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    client.type(`${subscribe('auto')}UNSUBSCRIBE\nid:1\n\n\0${subscribe('auto')}`);
    await settled();
    const [first, second] = ticketsOf(fixture);

    deliver(fixture, client, { id: 'stale', ...(first && { ticket: first }) });
    deliver(fixture, client, { id: 'fresh', ...(second && { ticket: second }) });
    await settled();

    expect(first).toBeDefined();
    expect(first).not.toBe(second);
    expect(client.frames.slice(1).map(({ headers }) => headers['message-id'])).toEqual(['fresh']);
  });

  it('may add to the RECEIPT of its SUBSCRIBE, and to no other', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = ({ ticket }) => {
      ticket?.answer('epoch', '7');
      ticket?.answer('recovered', 'a:b');
    };

    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\nreceipt:s\n\n\0UNSUBSCRIBE\nid:1\nreceipt:u\n\n\0');
    await settled();

    expect(client.frames.slice(1).map(({ headers }) => headers)).toEqual([
      { 'receipt-id': 's', epoch: '7', recovered: 'a:b' },
      { 'receipt-id': 'u' },
    ]);
  });

  it('adds nothing to other frames when the client asked for no receipt', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = ({ ticket }) => ticket?.answer('epoch', '7');

    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0SEND\ndestination:/a\nreceipt:1\n\n\0');
    await settled();

    expect(client.frames.slice(1).map(({ headers }) => headers)).toEqual([{ 'receipt-id': '1' }]);
  });
});

describe('RECEIPT', () => {
  it.each([
    ['1.0', ['ACK\nmessage-id:7']],
    ['1.1', ['ACK\nmessage-id:7\nsubscription:1', 'NACK\nmessage-id:7\nsubscription:1']],
    ['1.2', ['ACK\nid:7', 'NACK\nid:7']],
  ])('answers every frame of STOMP %s but CONNECT, exactly once, in their order (R1, R3)', async (version, acks) => {
    const fixture = new SessionFixture();
    const frames = [
      'SUBSCRIBE\nid:1\ndestination:/topic/a',
      'SEND\ndestination:/app/a',
      ...acks,
      'BEGIN\ntransaction:tx',
      'SEND\ndestination:/app/a\ntransaction:tx',
      'COMMIT\ntransaction:tx',
      'BEGIN\ntransaction:tx',
      'ABORT\ntransaction:tx',
      'UNSUBSCRIBE\nid:1',
      'DISCONNECT',
    ];
    const client = await fixture.connect(`accept-version:${version}\nreceipt:connect`);

    client.type(frames.map((frame, index) => `${frame}\nreceipt:${index}\n\n\0`).join(''));
    await settled();

    expect(client.commands).toEqual(['CONNECTED', ...frames.map((_, index) => `RECEIPT ${index}`)]);
    expect(client.frames.slice(1).every(({ body }) => body === '')).toBe(true);
    expect(client.end?.code).toBe(1000);
  });

  it.each([
    ['1.2', 'a\\nb\\rc\\cd\\\\', 'a\nb\rc:d\\'],
    ['1.1', 'a\\nc\\cd\\\\', 'a\nc:d\\'],
    ['1.0', 'c:d\\n\\\\', 'c:d\\n\\\\'],
  ])('and ERROR return in STOMP %s the same value as was asked with (R2, E2)', async (version, typed, meant) => {
    const fixture = new SessionFixture();
    const client = await fixture.connect(`accept-version:${version}`);

    client.type(`BEGIN\ntransaction:tx\nreceipt:${typed}\n\n\0BEGIN\ntransaction:tx\nreceipt:${typed}\n\n\0`);
    await settled();

    expect(client.frame('RECEIPT')?.headers['receipt-id']).toBe(meant);
    expect(client.frame('ERROR')?.headers['receipt-id']).toBe(meant);
  });
});
