import type { Delivery } from '../../src/messaging/delivery';
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
  it('is not written to a session of another application', async () => {
    const fixture = new SessionFixture();
    const other = new SessionFixture();
    const client = await other.connect();
    client.type(subscribe('auto'));
    await settled();
    const published = new Message({ type: 'MESSAGE', payload: Buffer.from('hi'), destination: '/queue/a', id: 'm-1' });
    const message = published.deliveredTo(other.sessionOf(client), '1');

    fixture.registry.handleMessage(message);
    await settled();
    const before = client.commands;
    other.registry.handleMessage(message);
    await settled();

    expect(before).toEqual(['CONNECTED']);
    expect(client.commands).toEqual(['CONNECTED', 'MESSAGE']);
  });

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
