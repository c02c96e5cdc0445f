import { connect } from '@treadle/testing';
import {
  type ChannelInterceptor,
  Controller,
  createApplication,
  SubscribeMapping,
  silentLogger,
} from '../../../src/index';
import { Latch } from './latch';
import { turns } from './stream-fixture';

/** Holds every message with this text on its way to clients until it is let go. */
function holding(text: string): {
  readonly interceptor: ChannelInterceptor;
  readonly letGo: Latch;
  readonly held: Latch;
} {
  const [letGo, held] = [new Latch(), new Latch()];
  return {
    letGo,
    held,
    interceptor: {
      preSend: (message) => {
        if (!Buffer.from(message.payload).toString().includes(text)) return message;
        held.resolve();
        return letGo.value.then(() => message);
      },
    },
  };
}

@Controller()
class Prices {
  @SubscribeMapping('/stream') *stream() {
    yield 'first';
    yield 'stale';
  }
  @SubscribeMapping('/menu') menu() {
    return 'fresh';
  }
}

describe('what was meant for a subscription that has ended', () => {
  test('does not reach a later one of its id: an item of a stream that an interceptor held', async () => {
    const { interceptor, letGo, held } = holding('stale');
    await using application = createApplication({
      controllers: [Prices],
      interceptors: { clientOutbound: [interceptor] },
      logger: silentLogger,
    });
    await using client = await connect(application);
    await client.subscribe('/app/stream', { id: 'same' });
    await held.value;
    await client.request('UNSUBSCRIBE', { id: 'same' });
    const again = await client.subscribe('/app/menu', { id: 'same' });

    letGo.resolve();
    await turns(3);

    expect(again.messages.map(({ body }) => body)).toEqual(['fresh']);
  });

  test('does not reach a later one of its id: who is present, held by an interceptor', async () => {
    const { interceptor, letGo, held } = holding('"type":"present"');
    await using application = createApplication({
      controllers: [Prices],
      presence: true,
      interceptors: { clientOutbound: [interceptor] },
      logger: silentLogger,
    });
    await using client = await connect(application);
    await client.subscribe('/topic/presence', { id: 'same' });
    await held.value;
    await client.request('UNSUBSCRIBE', { id: 'same' });
    const again = await client.subscribe('/app/menu', { id: 'same' });

    letGo.resolve();
    await turns(3);

    expect(again.messages.map(({ body }) => body)).toEqual(['fresh']);
  });
});

describe.each(['1.0', '1.1', '1.2'])('a client of STOMP %s that asks a controller with ack:client', (acceptVersion) => {
  test('gets an answer that it may acknowledge, as its library does', async () => {
    await using application = createApplication({ controllers: [Prices], logger: silentLogger });
    await using client = await connect(application, { acceptVersion });
    const inbox = await client.subscribe('/app/menu', { ack: 'client' });
    const message = await inbox.nextMessage();

    await client.ack(message);
    await client.ack(message);

    expect(message.headers['ack']).toBe(acceptVersion === '1.2' ? message.headers['message-id'] : undefined);
    expect(client.errorFrame).toBeUndefined();
  });

  test('gets every item of a stream so', async () => {
    await using application = createApplication({ controllers: [Prices], logger: silentLogger });
    await using client = await connect(application, { acceptVersion });
    const inbox = await client.subscribe('/app/stream', { ack: 'client' });

    await client.ack(await inbox.nextMessage());
    if (acceptVersion === '1.0') await client.ack(await inbox.nextMessage());
    else await client.nack(await inbox.nextMessage());

    expect(client.errorFrame).toBeUndefined();
  });
});

test('an answer to ack:auto has no ack header', async () => {
  await using application = createApplication({ controllers: [Prices], logger: silentLogger });
  await using client = await connect(application);
  const inbox = await client.subscribe('/app/menu', { ack: 'auto' });

  expect((await inbox.nextMessage()).headers).not.toHaveProperty('ack');
});
