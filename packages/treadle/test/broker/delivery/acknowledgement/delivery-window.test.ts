import type { DeliverySource } from '../../../../src/broker/delivery/acknowledgement/delivery-source.js';
import { DeliveryWindow } from '../../../../src/broker/delivery/acknowledgement/delivery-window.js';
import { DeliveryWindows } from '../../../../src/broker/delivery/acknowledgement/delivery-windows.js';
import { BrokerCounters } from '../../../../src/broker/delivery/broker-counters.js';
import { DispatchLoop } from '../../../../src/broker/delivery/dispatch-loop.js';
import { SessionDeliveries } from '../../../../src/broker/delivery/session-deliveries.js';
import { Subscription, type SubscriptionOptions } from '../../../../src/broker/delivery/subscription.js';
import { systemClock } from '../../../../src/foundation/clock.js';
import type { ChannelInterceptor } from '../../../../src/messaging/channel-interceptor.js';
import type { Message } from '../../../../src/messaging/message.js';
import { MessageChannel } from '../../../../src/messaging/message-channel.js';
import type { SessionContext } from '../../../../src/messaging/session-context.js';
import { createMessage, createSession, RecordingHandler, RecordingLogger, textOf } from '../../broker-under-test.js';
import { createSlowSession, nextTurn } from '../../simple/queue/queue-under-test.js';

interface Item {
  readonly published: Message;
  readonly octets: number;
}

/** Notes what it hears. */
class RecordingSource implements DeliverySource<Item> {
  readonly heard: string[] = [];

  acknowledged({ published }: Item): void {
    this.heard.push(`acknowledged ${textOf(published)}`);
  }

  rejected({ published }: Item, requeue: boolean): void {
    this.heard.push(`rejected ${textOf(published)} ${requeue}`);
  }

  returned({ published }: Item, wasSent: boolean): void {
    this.heard.push(`returned ${textOf(published)} ${wasSent ? 'sent' : 'unsent'}`);
  }

  stopped({ published }: Item): void {
    this.heard.push(`stopped ${textOf(published)}`);
  }
}

function createWindow(
  options: SubscriptionOptions = {},
  interceptors: readonly ChannelInterceptor[] = [],
  session: SessionContext = createSession('s'),
) {
  const clientOutboundChannel = new MessageChannel('clientOutboundChannel', interceptors, new RecordingLogger());
  const deliveries = new RecordingHandler();
  clientOutboundChannel.subscribe(deliveries);
  const counters = new BrokerCounters();
  const context = {
    clientOutboundChannel,
    logger: new RecordingLogger(),
    clock: systemClock,
    destinationSeparator: '/',
    userDestinationPrefix: '/user',
    limits: { sendBufferOctets: 512 * 1024, frameBodyOctets: 64 * 1024 },
    reportAvailability: () => undefined,
    isLocal: () => false,
    tell: () => undefined,
    note: () => undefined,
  } as const;
  const loop = new DispatchLoop();
  const windows = new DeliveryWindows({
    loop,
    maxUnacknowledgedOctets: 1000,
    deliveries: new SessionDeliveries(context, counters),
  });
  const subscription = new Subscription(session, '1', '/queue/x', { ackMode: 'client-individual', ...options });
  const window: DeliveryWindow = windows.of(subscription);
  const source = new RecordingSource();
  const deliver = (text: string, octets = text.length): void => {
    const published = createMessage('MESSAGE', {
      destination: '/queue/x',
      id: text,
      payload: new TextEncoder().encode(text),
    });
    window.deliver({ published, octets }, source);
  };
  const end = (): void => {
    subscription.end();
    windows.end(subscription);
  };
  const acknowledge = (text: string): void => {
    const delivery = window.findByMessageId(text);
    if (delivery && window.settle(delivery)) delivery.source.acknowledged(delivery.item);
  };
  return { window, source, deliveries, deliver, acknowledge, end };
}

describe('DeliveryWindow', () => {
  it('can take as many as its prefetch count, and again when one is acknowledged', () => {
    const { window, deliver, acknowledge } = createWindow({ prefetchCount: 2 });
    deliver('1');
    expect(window.canTake).toBe(true);
    deliver('2');
    expect(window.canTake).toBe(false);

    acknowledge('1');

    expect(window.canTake).toBe(true);
  });

  it('can take no more when so many octets are unacknowledged, but one message of any size', () => {
    const { window, deliver, acknowledge } = createWindow();
    deliver('large', 5000);
    expect(window.canTake).toBe(false);

    acknowledge('large');
    deliver('1', 999);
    expect(window.canTake).toBe(true);
    deliver('2', 1);
    expect(window.canTake).toBe(false);
    acknowledge('2');

    expect(window.canTake).toBe(true);
  });

  it('counts the octets of what transactions keep, and of what they give back', () => {
    const { window, deliver, acknowledge } = createWindow();
    deliver('1', 1000);
    const delivery = window.findByMessageId('1');
    if (!delivery) throw new Error('it is not there');

    window.reserve(delivery);
    expect(window.canTake).toBe(false);
    window.restore([delivery]);
    expect(window.canTake).toBe(false);
    acknowledge('1');

    expect(window.canTake).toBe(true);
  });

  it('does not tell who waits no more', () => {
    const { window, deliver, acknowledge } = createWindow({ prefetchCount: 1 });
    const [stays, goes] = [jest.fn(), jest.fn()];
    deliver('1');
    const place = window.onRoom(goes);
    window.onRoom(stays);

    if (place) window.stopWaiting(place);
    acknowledge('1');

    expect(goes).not.toHaveBeenCalled();
    expect(stays).toHaveBeenCalledTimes(1);
  });

  it('is done with a delivery that needs no acknowledgement when it was sent', () => {
    const { source, deliver, end } = createWindow({ ackMode: 'auto' });

    deliver('1');
    end();

    expect(source.heard).toEqual(['acknowledged 1']);
  });

  it('takes nothing while an interceptor holds an earlier delivery, and is done with that when it lets go', async () => {
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const { window, source, deliver } = createWindow({ ackMode: 'auto' }, [
      { preSend: (message) => held.then(() => message) },
    ]);
    deliver('1');
    const room = jest.fn();
    window.onRoom(room);
    expect(window.canTake).toBe(false);
    expect(source.heard).toEqual([]);

    letGo();
    await nextTurn();

    expect(source.heard).toEqual(['acknowledged 1']);
    expect(room).toHaveBeenCalledTimes(1);
  });

  it('tells those who wait for room once each, the first first, and only as many as there is room for', () => {
    const { window, deliver, acknowledge } = createWindow({ prefetchCount: 1 });
    const told: string[] = [];
    deliver('0');
    for (const name of ['a', 'b']) {
      window.onRoom(() => {
        told.push(name);
        deliver(name);
      });
    }

    acknowledge('0');
    expect(told).toEqual(['a']);
    acknowledge('a');
    acknowledge('b');

    expect(told).toEqual(['a', 'b']);
  });

  it('tells at once who asks while there is room', () => {
    const { window } = createWindow();
    const room = jest.fn();

    window.onRoom(room);

    expect(room).toHaveBeenCalledTimes(1);
  });

  it('tells nobody when its subscription has ended, be it that the client reads again', async () => {
    const session = createSlowSession('s');
    const { window, end } = createWindow({}, [], session);
    session.stopReading();
    const room = jest.fn();
    window.onRoom(room);

    end();
    await session.readAgain();
    window.onRoom(room);

    expect(window.canTake).toBe(false);
    expect(room).not.toHaveBeenCalled();
  });

  it('gives back what was not acknowledged, in order, when its subscription ends', () => {
    const { source, deliver, acknowledge, end } = createWindow();
    for (const text of ['1', '2', '3']) deliver(text);
    acknowledge('2');

    end();

    expect(source.heard).toEqual(['acknowledged 2', 'returned 1 sent', 'returned 3 sent']);
  });

  it('knows what its client cannot have seen', () => {
    const { source, deliver, end } = createWindow({}, [{ preSend: () => new Promise(() => undefined) }]);
    deliver('1');

    end();

    expect(source.heard).toEqual(['returned 1 unsent']);
  });

  it.each([
    ['at once', (message: Message) => message],
    ['later', (message: Message) => Promise.resolve(message)],
    ['never: stopped', () => null],
    ['never: stopped later', () => Promise.resolve(null)],
  ])('lets no later delivery suffer from a source that throws (sent %s)', async (_, preSend) => {
    const isFirst = (message: Message): boolean => message.id === 'bad';
    const interceptor: ChannelInterceptor = { preSend: (message) => (isFirst(message) ? preSend(message) : message) };
    const { window, deliver, source, deliveries } = createWindow({ ackMode: 'auto' }, [interceptor]);
    const fail = (): never => {
      throw new Error('a bug');
    };
    const published = createMessage('MESSAGE', { destination: '/queue/x', id: 'bad' });

    window.deliver({ published, octets: 0 }, { acknowledged: fail, rejected: fail, returned: fail, stopped: fail });
    deliver('good');
    await nextTurn();

    expect(deliveries.messages.at(-1)?.id).toBe('good');
    expect(source.heard).toEqual(['acknowledged good']);
  });

  it.each([
    ['stops', { preSend: () => null }],
    [
      'fails',
      {
        preSend: () => {
          throw new Error('no');
        },
      },
    ],
    ['stops later', { preSend: () => Promise.resolve(null) }],
  ] satisfies [string, ChannelInterceptor][])(
    'has room again for a delivery that an interceptor %s',
    async (_, interceptor) => {
      const { window, source, deliver } = createWindow({ prefetchCount: 1 }, [interceptor]);

      deliver('1');
      await nextTurn();

      expect(source.heard).toEqual(['stopped 1']);
      expect(window.canTake).toBe(true);
    },
  );
});
