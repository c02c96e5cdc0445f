import { ConfigurationError, TreadleError } from '../../../src/foundation/errors.js';
import { simpleBroker } from '../../../src/broker/simple/simple-broker.js';
import { systemClock } from '../../../src/foundation/clock.js';
import { silentLogger } from '../../../src/foundation/logger.js';
import { DEFAULTS } from '../../../src/options.js';
import { MessageChannel } from '../../../src/messaging/message-channel.js';
import {
  connect,
  createBroker,
  createSession,
  disconnect,
  handle,
  publish,
  startBroker,
  subscribe,
  unsubscribe,
} from '../broker-under-test.js';

const alice = createSession('a');

describe('SimpleBroker, start', () => {
  it('simpleBroker gives a factory whose broker serves /topic and /queue', () => {
    const clientOutboundChannel = new MessageChannel('clientOutboundChannel');

    const broker = simpleBroker()({
      clientOutboundChannel,
      logger: silentLogger,
      clock: systemClock,
      limits: DEFAULTS.limits,
      destinationSeparator: '/',
      userDestinationPrefix: '/user',
      reportAvailability() {},
      isLocal: () => false,
      tell: () => undefined,
      note() {},
    });

    expect(['/topic/x', '/queue/x', '/app/x'].map((destination) => broker.handles(destination))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it.each([
    [[], 'destinationPrefixes: it is empty'],
    [['/topic', '/'], "'/' would cover"],
    [[''], "'' would cover"],
    [['/topic', 'queue'], "mixes names with and without a leading '/'"],
    [['/topic/*'], "'/topic/*' holds a wildcard"],
  ])('fails for the prefixes %j and says what is wrong', (destinationPrefixes, text) => {
    const create = () => createBroker({ destinationPrefixes });

    expect(create).toThrow(ConfigurationError);
    expect(create).toThrow(text);
  });

  it('messages before it are refused', () => {
    const { broker } = createBroker();

    expect(() => broker.handleMessage(publish('/topic/foo'))).toThrow('has not been started');
    expect(() => broker.handleMessage(subscribe(alice, '1', '/topic/foo'))).toThrow('has not been started');
  });
});

describe('SimpleBroker, stop', () => {
  it('ends deliveries and refuses later messages with SERVER_STOPPING', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(alice, '1', '/topic/foo'));

    broker.stop();

    const stopping: unknown = expect.objectContaining({ code: 'SERVER_STOPPING' });
    expect(() => broker.handleMessage(publish('/topic/foo'))).toThrow(TreadleError);
    expect(() => broker.handleMessage(publish('/topic/foo'))).toThrow(stopping as Error); // jest types matchers as any
    expect(() => broker.handleMessage(subscribe(alice, '2', '/topic/foo'))).toThrow(stopping as Error); // as above
    expect(deliveries.messages).toEqual([]);
  });

  it('sessions can still come to their end, and other destinations pass', () => {
    const { broker } = startBroker();
    handle(broker, subscribe(alice, '1', '/topic/foo'));
    broker.stop();

    expect(() => {
      handle(broker, unsubscribe(alice, '1'));
      handle(broker, disconnect(alice));
      handle(broker, connect(alice));
      handle(broker, publish('/app/foo'));
    }).not.toThrow();
  });

  it('a broker that is started again begins without subscriptions', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(alice, '1', '/topic/foo'));
    broker.stop();

    broker.start();
    handle(broker, subscribe(alice, '1', '/topic/bar'));
    handle(broker, publish('/topic/foo', 'foo'));
    handle(broker, publish('/topic/bar', 'bar'));

    expect(deliveries.summary).toEqual(['a/1 bar']);
  });
});

describe('SimpleBroker, availability (Spring M24)', () => {
  it('it tells that it is available when it has started, and that it is not when it stops', () => {
    const { broker, availability } = createBroker();

    broker.start();
    const started = [...availability];
    broker.stop();

    expect(started).toEqual([true]);
    expect(availability).toEqual([true, false]);
  });

  it('a broker that was not started is not available', () => {
    const { availability } = createBroker();

    expect(availability).toEqual([]);
  });
});
