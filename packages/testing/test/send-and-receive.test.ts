import type { Application } from 'treadle';
import { connect } from '../src/index.js';
import { createChat } from './test-application.js';

describe('sendAndReceive', () => {
  let application: Application;
  beforeEach(() => {
    application = createChat();
  });
  afterEach(() => application.stop());

  it('resolves with the payload of the reply, and only the sender gets it', async () => {
    const client = await connect(application);
    const everybody = await client.subscribe('/topic/chat');

    const reply = await client.sendAndReceive<{ text: string }>('/app/chat', { text: 'hi' });

    expect(reply).toEqual({ text: 'hi' });
    await everybody.expectNothing();
  });

  it('may run several times at once', async () => {
    const client = await connect(application);

    const replies = await Promise.all([1, 2, 3].map((count) => client.sendAndReceive<number>('/app/chat', { count })));

    expect(replies).toEqual([{ count: 1 }, { count: 2 }, { count: 3 }]);
  });

  it('rejects with the code and sentence of a failure, and the session lives on', async () => {
    const client = await connect(application);

    await expect(client.sendAndReceive('/app/fail')).rejects.toMatchObject({
      code: 'HANDLER_FAILED',
      message: 'HANDLER_FAILED: The message could not be handled.',
    });

    expect(await client.sendAndReceive('/app/chat', { text: 'still here' })).toEqual({ text: 'still here' });
  });

  it('rejects when no reply comes in time, as from a handler that publishes its result', async () => {
    const client = await connect(application, { login: 'alice', passcode: 'alice' });

    await expect(client.sendAndReceive('/app/whisper', 'psst', { withinMs: 1 })).rejects.toThrow('within 1 ms');
  });

  it('asks with further headers, below another user prefix', async () => {
    await using other = createChat({ userDestinationPrefix: '/me', replyHeaders: ['color'] });
    const client = await connect(other);

    const reply = await client.sendAndReceive(
      '/app/chat',
      { text: 'hi' },
      {
        userDestinationPrefix: '/me',
        headers: { color: 'red' },
      },
    );

    expect(reply).toEqual({ text: 'hi' });
    expect(client.frames.find(({ command }) => command === 'MESSAGE')?.headers).toMatchObject({ color: 'red' });
  });
});
