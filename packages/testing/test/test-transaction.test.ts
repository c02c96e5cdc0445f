import type { Application } from 'treadle';
import { connect, StompServerError } from '../src/index.js';
import { createChat } from './test-application.js';

let application: Application;
beforeEach(() => {
  application = createChat();
});
afterEach(() => application.stop());

describe('a transaction of a test client', () => {
  it('sends what it holds when it is committed', async () => {
    const client = await connect(application);
    const inbox = await client.subscribe('/topic/chat');

    const transaction = await client.begin();
    await transaction.send('/app/chat', { text: 'hi' }, { note: 'x' });
    await inbox.expectNothing();
    await transaction.commit();

    const message = await inbox.nextMessage();
    expect(message.payload).toEqual({ text: 'hi' });
  });

  it('sends nothing when it is aborted', async () => {
    const client = await connect(application);
    const inbox = await client.subscribe('/topic/chat');

    const transaction = await client.begin();
    await transaction.send('/app/chat', 'hi');
    await transaction.abort();

    await inbox.expectNothing();
  });

  it('has an id of its own, or the one it is given', async () => {
    const client = await connect(application);

    const ids = [await client.begin(), await client.begin(), await client.begin('mine')].map(({ id }) => id);

    expect(new Set(ids).size).toBe(3);
    expect(ids.at(-1)).toBe('mine');
  });

  it('fails as the server says', async () => {
    const client = await connect(application);
    const transaction = await client.begin();
    await transaction.commit();

    await expect(transaction.commit()).rejects.toThrow(StompServerError);
    await expect(client.begin()).rejects.toThrow('the connection is closed');
  });
});

describe.each(['1.0', '1.1', '1.2'])('a client of STOMP %s', (acceptVersion) => {
  it('acknowledges a message by what names it in its version', async () => {
    const client = await connect(application, { acceptVersion });
    const inbox = await client.subscribe('/topic/chat', { ack: 'client' });
    await client.send('/topic/chat', 'one');
    await client.send('/topic/chat', 'two');
    const [one, two] = [await inbox.nextMessage(), await inbox.nextMessage()];

    await client.ack(one);
    const transaction = await client.begin();
    await transaction.ack(two);
    await transaction.commit();

    await expect(client.ack(two)).rejects.toMatchObject({ code: 'ACKNOWLEDGEMENT_UNKNOWN' });
  });
});

it('a client rejects a message, with headers', async () => {
  const client = await connect(application);
  const inbox = await client.subscribe('/topic/chat', { ack: 'client-individual' });
  await client.send('/topic/chat', 'one');
  await client.send('/topic/chat', 'two');
  const [one, two] = [await inbox.nextMessage(), await inbox.nextMessage()];

  await client.nack(one, { requeue: 'false' });
  const transaction = await client.begin();
  await transaction.nack(two, { requeue: 'false' });
  await transaction.commit();

  await inbox.expectNothing();
  await expect(client.nack(two)).rejects.toMatchObject({ code: 'ACKNOWLEDGEMENT_UNKNOWN' });
});

it('a message that needs no acknowledgement cannot be acknowledged, and the client says why', async () => {
  const client = await connect(application);
  const inbox = await client.subscribe('/topic/chat');
  await client.send('/topic/chat', 'one');

  await expect(client.ack(await inbox.nextMessage())).rejects.toThrow(
    "the message to /topic/chat has no ack header: subscribe with { ack: 'client-individual' } or { ack: 'client' }",
  );
});
