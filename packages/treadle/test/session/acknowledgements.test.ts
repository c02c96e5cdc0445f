import { AnswerIds } from '../../src/messaging/answer-ids';
import { SessionFixture, settled } from './session-fixture';

const subscribe = (ack: string): string => `SUBSCRIBE\nid:1\ndestination:/app/a\nack:${ack}\n\n\0`;

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
    fixture.deliver(client, '1', { id: new AnswerIds().next() });
    await settled();
    const { ack, 'message-id': messageId } = client.frame('MESSAGE')?.headers ?? {};

    client.type(`${command}\n${headers((version === '1.2' ? ack : messageId) ?? '')}\nreceipt:1\n\n\0`);
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'MESSAGE', 'RECEIPT 1']);
    expect(fixture.handled).toEqual(['CONNECT', 'SUBSCRIBE /app/a']);
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
