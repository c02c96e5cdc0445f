import { FakeClock } from '@treadle/testing';
import { MessageIds } from '../../../../src/broker/delivery/message-ids.js';
import { Subscription } from '../../../../src/broker/delivery/subscription.js';
import { Newcomers } from '../../../../src/broker/relay/shared/newcomers.js';
import type { Message } from '../../../../src/messaging/message.js';
import { createMessage, createSession } from '../../broker-under-test.js';

describe('Newcomers', () => {
  it('miss what had gone to the broker before they came, each by its own time, and nothing behind it', () => {
    const { ids, newcomers } = create();
    const [first, second] = [listener('1'), listener('2')];
    const earlier = message(ids);
    newcomers.add(first);
    const between = message(ids);
    newcomers.add(second);
    const later = message(ids);

    expect(newcomers.missing(earlier)).toEqual(new Set([first, second]));
    expect(newcomers.missing(between)).toEqual(new Set([second]));
    expect(newcomers.missing(later)).toBeUndefined();
  });

  it('get whatever others publish', () => {
    const { newcomers } = create();
    newcomers.add(listener('1'));

    expect(newcomers.missing(message(new MessageIds()))).toBeUndefined();
    expect(newcomers.missing(createMessage('MESSAGE', { id: 'of-the-broker' }))).toBeUndefined();
    expect(newcomers.missing(createMessage('MESSAGE'))).toBeUndefined();
  });

  it('are newcomers for ten seconds, and forgotten one by one', async () => {
    const { clock, ids, newcomers } = create();
    const [first, second] = [listener('1'), listener('2')];
    const earlier = message(ids);
    newcomers.add(first);
    await clock.advance(10_001);
    newcomers.add(second);

    expect(newcomers.missing(earlier)).toEqual(new Set([second]));
    await clock.advance(10_001);
    expect(newcomers.missing(earlier)).toBeUndefined();
  });
});

function create() {
  const clock = new FakeClock();
  const ids = new MessageIds();
  return { clock, ids, newcomers: new Newcomers(clock, ids) };
}

function listener(id: string): Subscription {
  return new Subscription(createSession('alice'), id, '/topic/tea');
}

function message(ids: MessageIds): Message {
  return createMessage('MESSAGE', { id: ids.create() });
}
