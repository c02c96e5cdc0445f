import type { SessionContext } from '../../../src/messaging/session-context';
import { Subscription } from '../../../src/broker/delivery/subscription';
import { SubscriptionRegistry } from '../../../src/broker/delivery/subscription-registry';
import { sessionOf } from '../../annotation/fixture';

const session: SessionContext = sessionOf('s1');

/** Which of the patterns a message to `destination` reaches. */
function found(patterns: readonly string[], destination: string): string[] {
  const registry = new SubscriptionRegistry({ separator: '.' });
  for (const pattern of patterns) registry.add(new Subscription(session, pattern, pattern));
  return registry.find(destination).flatMap((group) => group.map(({ id }) => id));
}

describe('Spring D8: subscriptions where dots part segments', () => {
  const patterns = ['/topic/red.*', '/topic/red.*.green', '/topic/red.**', '/topic/*', '/topic/red.blue'];

  test.each([
    ['/topic/red.blue', ['/topic/red.blue', '/topic/red.*', '/topic/red.**']],
    ['/topic/red.blue.green', ['/topic/red.*.green', '/topic/red.**']],
    ['/topic/red', ['/topic/red.**', '/topic/*']],
    ['/topic/a/b', ['/topic/*']],
  ])('a message to %s reaches %j', (destination, expected) => {
    expect(found(patterns, destination).toSorted()).toEqual(expected.toSorted());
  });

  test('the limits of patterns count dots', () => {
    const registry = new SubscriptionRegistry({ separator: '.' });
    const add = (destination: string) => registry.add(new Subscription(session, destination, destination));

    expect(() => add(`/topic/*${'.a'.repeat(32)}`)).toThrow('a subscription pattern has 33 segments; 32 are allowed');
    expect(() => add(`/topic/*${'/a'.repeat(40)}`)).not.toThrow();
    expect(() => add(`/topic.*${'?/'.repeat(17)}*`)).toThrow("characters in texts with '?' between two wildcards");
  });
});
