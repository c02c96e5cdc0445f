import { BrokerCounters } from '../../../../src/broker/delivery/broker-counters.js';
import { SessionDeliveries } from '../../../../src/broker/delivery/session-deliveries.js';
import { Subscription } from '../../../../src/broker/delivery/subscription.js';
import { SubscriptionFilters } from '../../../../src/broker/delivery/subscription-filter.js';
import { LocalDestinations } from '../../../../src/broker/relay/local/local-destinations.js';
import type { ChannelInterceptor } from '../../../../src/messaging/channel-interceptor.js';
import type { Message, MessageInit } from '../../../../src/messaging/message.js';
import { MessageChannel } from '../../../../src/messaging/message-channel.js';
import type { HeaderRecord } from '../../../../src/messaging/native-headers.js';
import { Reach } from '../../../../src/messaging/reach.js';
import { SubscriptionTicket } from '../../../../src/messaging/subscription-ticket.js';
import {
  codeOf,
  createMessage,
  createSession,
  RecordingHandler,
  RecordingLogger,
  type SessionUnderTest,
} from '../../broker-under-test.js';

type Init = Partial<Omit<MessageInit<Uint8Array>, 'headers'>> & { readonly headers?: HeaderRecord };

const alice = createSession('a', 'alice');
const bob = createSession('b', 'bob');
const ERRORS_OF_ALICE = { destination: '/queue/errors-usera', userDestination: '/user/queue/errors' };

describe('LocalDestinations, whose it is', () => {
  it('a translated user destination is served here, and what each server tells its own clients, and nothing else', () => {
    const { local } = createLocal();

    expect(local.serves('/queue/errors-usera', message('', ERRORS_OF_ALICE))).toBe(true);
    expect(local.serves('/topic/presence', message('', { destination: '/topic/presence' }))).toBe(true);
    expect(local.serves('/queue/errors-usera', message('', { destination: '/queue/errors-usera' }))).toBe(false);
    expect(local.serves('/topic/chat', message('', { destination: '/topic/chat' }))).toBe(false);
  });

  it('a subscription is served where its messages are: a pattern at both places, one to be acknowledged at the broker', () => {
    const { local } = createLocal();
    const placeOf = (destination: string, init: Init = {}) =>
      local.placeOf(destination, createMessage('SUBSCRIBE', { session: alice, destination, ...init }));
    const withAcks = { headers: { ack: 'client-individual' } };
    const translated = { userDestination: '/user/queue/errors' };

    expect(placeOf('/topic/chat')).toBe('broker');
    expect(placeOf('/topic/presence')).toBe('here');
    expect(placeOf('/queue/errors-usera', translated)).toBe('here');
    expect(placeOf('/queue/*-usera', translated)).toBe('here');
    expect(placeOf('/topic/**')).toBe('both');
    expect(placeOf('/topic/chat', withAcks)).toBe('broker');
    expect(placeOf('/topic/**', withAcks)).toBe('broker');
    expect(placeOf('/queue/errors-usera', { ...translated, ...withAcks })).toBe('broker');
  });

  it('deliveries of what each server tells its own clients cannot be acknowledged, and the session lives on', () => {
    const { local } = createLocal();
    const request = createMessage('SUBSCRIBE', { session: alice, headers: { ack: 'client' } });

    expect(() => local.placeOf('/topic/presence', request)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_BY_BROKER', endsSession: false }),
    );
  });
});

describe('LocalDestinations, delivering', () => {
  it('each matching subscription gets a copy, under one id, with the ticket of its SUBSCRIBE', () => {
    const { local, deliveries } = createLocal();
    const ticket = new SubscriptionTicket();
    subscribe(local, alice, '1', { destination: '/topic/presence', ticket });
    subscribe(local, bob, '2', { destination: '/topic/**' });

    publish(local, 'joined', { destination: '/topic/presence' });

    expect(deliveries.summary).toEqual(['a/1 joined', 'b/2 joined']);
    const [first, second] = deliveries.messages;
    expect(first?.ticket).toBe(ticket);
    expect(first?.id).toBeTruthy();
    expect(second?.published).toBe(first?.published);
    expect(first?.destination).toBe('/topic/presence');
  });

  it('what was translated reaches the subscription that was translated, and no pattern or guessed name beside it', () => {
    const { local, deliveries } = createLocal();
    subscribe(local, alice, 'own', ERRORS_OF_ALICE);
    subscribe(local, bob, 'guessed', { destination: '/queue/errors-usera' });
    subscribe(local, bob, 'pattern', { destination: '/queue/**' });

    publish(local, 'x', ERRORS_OF_ALICE);

    expect(deliveries.summary).toEqual(['a/own x']);
    expect(deliveries.messages[0]?.userDestination).toBe('/user/queue/errors');
  });

  it('nothing of the sender but its own headers is in what receivers get', () => {
    const { local, deliveries } = createLocal();
    subscribe(local, alice, '1', ERRORS_OF_ALICE);

    publish(local, 'x', { ...ERRORS_OF_ALICE, session: bob, headers: { passcode: 'p', receipt: 'r', color: 'red' } });

    expect(deliveries.messages[0]?.headers.list).toEqual(['color', 'red']);
    expect(deliveries.messages[0]?.published.session).toBeUndefined();
  });

  it('selectors and no-echo hold here as at every broker', () => {
    const { local, deliveries } = createLocal();
    subscribe(local, alice, 'red', { ...ERRORS_OF_ALICE, headers: { selector: "color = 'red'" } });
    subscribe(local, alice, 'others', { ...ERRORS_OF_ALICE, headers: { 'no-echo': 'true' } });

    publish(local, 'own', { ...ERRORS_OF_ALICE, session: alice, senderId: 'a' });
    publish(local, 'red', { ...ERRORS_OF_ALICE, headers: { color: 'red' } });

    expect(deliveries.summary).toEqual(['a/red red', 'a/others red']);
  });

  it('the reach counts each session that wants the message once', () => {
    const { local } = createLocal();
    subscribe(local, alice, '1', { destination: '/topic/presence' });
    subscribe(local, alice, '2', { destination: '/topic/*' });
    subscribe(local, bob, '1', { destination: '/topic/presence', headers: { selector: "color = 'red'" } });
    const reach = new Reach();

    publish(local, 'x', { destination: '/topic/presence', reach });

    expect(reach.sessions).toBe(1);
  });

  it('an id that is in use is refused, and free again after UNSUBSCRIBE', async () => {
    const { local, deliveries } = createLocal();
    subscribe(local, alice, '1', { destination: '/topic/presence' });

    expect(codeOf(() => subscribe(local, alice, '1', ERRORS_OF_ALICE))).toBe('SUBSCRIPTION_ID_IN_USE');
    await local.unsubscribe('a', '1');
    subscribe(local, alice, '1', ERRORS_OF_ALICE);
    publish(local, 'old', { destination: '/topic/presence' });
    publish(local, 'new', ERRORS_OF_ALICE);

    expect(deliveries.summary).toEqual(['a/1 new']);
  });

  it('UNSUBSCRIBE settles when nothing more is sent to the subscription, and one that is unknown at once', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { local, deliveries } = createLocal([{ preSend: (each) => held.then(() => each) }]);
    subscribe(local, alice, '1', ERRORS_OF_ALICE);
    publish(local, 'first', ERRORS_OF_ALICE);
    publish(local, 'second', ERRORS_OF_ALICE);

    const ended = local.unsubscribe('a', '1');
    expect(local.unsubscribe('a', 'unknown')).toBeUndefined();
    release();
    await ended;

    expect(deliveries.summary).toEqual(['a/1 first']);
  });

  it('nothing is left of a session that has gone', () => {
    const { local, deliveries } = createLocal();
    subscribe(local, alice, '1', { destination: '/topic/presence' });
    subscribe(local, alice, '2', ERRORS_OF_ALICE);
    subscribe(local, bob, '1', { destination: '/topic/presence' });

    local.disconnect('a');
    publish(local, 'x', { destination: '/topic/presence' });
    publish(local, 'x', ERRORS_OF_ALICE);

    expect(deliveries.summary).toEqual(['b/1 x']);
    expect(local.size).toBe(1);
  });
});

describe('LocalDestinations, user destinations that are acknowledged', () => {
  it('messages go to the broker as well exactly as long as such a subscription lives', () => {
    const { local } = createLocal();
    const first = local.awaitAtBroker(acknowledged('1'));
    const second = local.awaitAtBroker(acknowledged('2'));

    first();
    first();
    expect(local.isAwaitedAtBroker('/queue/errors-usera')).toBe(true);
    expect(local.isAwaitedAtBroker('/queue/errors-userb')).toBe(false);
    second();
    expect(local.isAwaitedAtBroker('/queue/errors-usera')).toBe(false);
  });

  it('they count as reached, once per session, and nothing is delivered here', () => {
    const { local, deliveries } = createLocal();
    local.awaitAtBroker(acknowledged('1'));
    const alone = new Reach();
    publish(local, 'x', { ...ERRORS_OF_ALICE, reach: alone });
    subscribe(local, alice, '2', ERRORS_OF_ALICE);
    const both = new Reach();
    publish(local, 'y', { ...ERRORS_OF_ALICE, reach: both });

    expect([alone.sessions, both.sessions]).toEqual([1, 1]);
    expect(deliveries.summary).toEqual(['a/2 y']);
  });
});

function acknowledged(id: string): Subscription {
  return new Subscription(alice, id, '/queue/errors-usera', { isTranslated: true, ackMode: 'client' });
}

function createLocal(interceptors: readonly ChannelInterceptor[] = []) {
  const logger = new RecordingLogger();
  const clientOutboundChannel = new MessageChannel('clientOutboundChannel', interceptors, logger);
  const deliveries = new RecordingHandler();
  clientOutboundChannel.subscribe(deliveries);
  const counters = new BrokerCounters();
  const limits = { sendBufferOctets: 65_536, frameBodyOctets: 65_536 };
  const local = new LocalDestinations({
    context: { destinationSeparator: '/', isLocal: (destination) => destination === '/topic/presence' },
    counters,
    deliveries: new SessionDeliveries({ clientOutboundChannel, logger, limits }, counters),
    filters: new SubscriptionFilters(),
  });
  return { local, deliveries };
}

function message(text: string, init: Init): Message {
  return createMessage('MESSAGE', { payload: new TextEncoder().encode(text), ...init });
}

function publish(local: LocalDestinations, text: string, init: Init & { readonly destination: string }): void {
  local.publish(message(text, init), init.destination);
}

function subscribe(
  local: LocalDestinations,
  session: SessionUnderTest,
  subscriptionId: string,
  init: Init & { readonly destination: string },
): void {
  local.subscribe(createMessage('SUBSCRIBE', { session, subscriptionId, ...init }), init.destination);
}
