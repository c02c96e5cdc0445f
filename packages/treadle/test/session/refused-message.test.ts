import { ApplicationError } from '../../src/foundation/application-error.js';
import { MessageRejectedError } from '../../src/foundation/errors.js';
import type { Message } from '../../src/messaging/message.js';
import { SessionFixture, settled } from './session-fixture.js';

const SEND = 'SEND\ndestination:/app/a\n\nhi\0';
const SUBSCRIBE = 'SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0';
const alone = new MessageRejectedError('too fast', { endsSession: false });

/** A session whose messages of one type an interceptor refuses. */
async function refusing(type: Message['type'], error: Error, isLate = false) {
  const preSend = (message: Message) => {
    if (message.type !== type) return message;
    if (isLate) return Promise.reject(error);
    throw error;
  };
  const fixture = new SessionFixture({ interceptors: [{ preSend }] });
  return { fixture, client: await fixture.connect() };
}

describe('a message refused without the end of its session', () => {
  it.each([
    ['SEND', 'MESSAGE', SEND, '/app/a', false],
    ['SEND, later', 'MESSAGE', SEND, '/app/a', true],
    ['SUBSCRIBE', 'SUBSCRIBE', SUBSCRIBE, '/topic/a', false],
    ['SUBSCRIBE, later', 'SUBSCRIBE', SUBSCRIBE, '/topic/a', true],
  ] as const)('is told, and the session goes on: %s', async (_, type, frame, destination, isLate) => {
    const { fixture, client } = await refusing(type, alone, isLate);

    client.type(`${frame}ACK\nid:1\n\n\0`);
    await settled();

    expect(fixture.refused).toEqual([[type, destination, alone]]);
    expect(client.commands).toEqual(['CONNECTED']);
    expect(client.end).toBeUndefined();
    const takenBack = type === 'SUBSCRIBE' ? ['UNSUBSCRIBE /topic/a'] : [];
    expect(fixture.handled).toEqual(['CONNECT', ...takenBack, 'ACK']);
  });

  it('is taken back when it is a SUBSCRIBE that handlers have taken in already', async () => {
    const postSend = ({ type }: Message): void => {
      if (type === 'SUBSCRIBE') throw alone;
    };
    const fixture = new SessionFixture({ interceptors: [{ postSend }] });
    const client = await fixture.connect();

    client.type(SUBSCRIBE);
    await settled();

    expect(fixture.handled).toEqual(['CONNECT', 'SUBSCRIBE /topic/a', 'UNSUBSCRIBE /topic/a']);
    expect(fixture.received.at(-1)?.subscriptionId).toBe('1');
    expect(client.end).toBeUndefined();
  });

  it('gets ERROR and the session ends when it asked for a receipt, once it was told', async () => {
    const { fixture, client } = await refusing('MESSAGE', alone);

    client.type('SEND\ndestination:/app/a\nreceipt:7\n\nhi\0');
    await settled();

    expect(fixture.refused).toHaveLength(1);
    expect(client.frame('ERROR')?.headers).toMatchObject({ 'receipt-id': '7', 'correlation-id': 'c-9' });
    expect(client.end).toEqual({ code: 1002, reason: 'MESSAGE_REJECTED' });
  });

  it('may be an ApplicationError', async () => {
    const error = new ApplicationError('TOO_FAST', 'Wait a second', { endsSession: false });
    const { fixture, client } = await refusing('MESSAGE', error);

    client.type(SEND);
    await settled();

    expect(fixture.refused).toEqual([['MESSAGE', '/app/a', error]]);
    expect(client.end).toBeUndefined();
  });

  it('leaves no subscription behind: the id is free again', async () => {
    let isClosed = true;
    const preSend = (message: Message) => {
      if (message.type === 'SUBSCRIBE' && isClosed) throw alone;
      return message;
    };
    const fixture = new SessionFixture({ interceptors: [{ preSend }] });
    const client = await fixture.connect();

    client.type(SUBSCRIBE);
    isClosed = false;
    client.type(SUBSCRIBE);
    await settled();
    fixture.deliver(client, '1');
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'MESSAGE']);
  });

  it.each([
    ['UNSUBSCRIBE', `${SUBSCRIBE}UNSUBSCRIBE\nid:1\n\n\0`],
    ['ACK', 'ACK\nid:1\n\n\0'],
  ] as const)('cannot be one that changes the session: %s ends it', async (type, frames) => {
    const { fixture, client } = await refusing(type, alone);

    client.type(frames);
    await settled();

    expect(fixture.refused).toEqual([]);
    expect(client.errorCode).toBe('MESSAGE_REJECTED');
  });

  it('gives the id back at once, though its session is told later', async () => {
    const preSend = (message: Message) => {
      if (message.headers.has('refuse')) throw alone;
      return message;
    };
    const fixture = new SessionFixture({ interceptors: [{ preSend }] });
    const client = await fixture.connect();
    fixture.telling = settled();

    client.type(`SUBSCRIBE\nid:1\ndestination:/topic/a\nrefuse:x\n\n\0${SUBSCRIBE}`);
    await settled();

    expect(fixture.handled).toEqual(['CONNECT', 'UNSUBSCRIBE /topic/a', 'SUBSCRIBE /topic/a']);
    expect(client.end).toBeUndefined();
  });

  it('cannot be CONNECT', async () => {
    const { fixture, client } = await refusing('CONNECT', alone);

    expect(fixture.refused).toEqual([]);
    expect(client.commands).toEqual(['ERROR']);
  });
});

describe('an ApplicationError of an interceptor', () => {
  it('ends the session by default, with its code and its sentence', async () => {
    const { client } = await refusing('MESSAGE', new ApplicationError('ACCOUNT_CLOSED', 'Your account was closed.'));

    client.type(SEND);
    await settled();

    expect(client.frame('ERROR')?.headers).toMatchObject({
      code: 'ACCOUNT_CLOSED',
      message: 'Your account was closed.',
    });
    expect(client.end).toEqual({ code: 1002, reason: 'ACCOUNT_CLOSED' });
  });

  it.each(['1.0', '1.1', '1.2'])('cannot break out of its header: STOMP %s', async (version) => {
    const preSend = (message: Message) => {
      if (message.type === 'MESSAGE') throw new ApplicationError('ODD', 'one\ntwo\0\r\nfoo:bar');
      return message;
    };
    const fixture = new SessionFixture({ interceptors: [{ preSend }] });
    const client = await fixture.connect(`accept-version:${version}`);

    client.type(SEND);
    await settled();

    expect(client.frame('ERROR')?.headers['foo']).toBeUndefined();
    expect(client.commands).toEqual(['CONNECTED', 'ERROR']);
  });
});
