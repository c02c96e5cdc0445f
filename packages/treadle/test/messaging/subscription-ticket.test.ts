import { SubscriptionTicket } from '../../src/messaging/subscription-ticket.js';

describe('what waits for the answer to a SUBSCRIBE', () => {
  it('goes on behind it, in its order; what comes later goes on at once', () => {
    const ticket = new SubscriptionTicket();
    const done: string[] = [];
    ticket.behindAnswer(() => done.push('first'));
    ticket.behindAnswer(() => done.push('second'));
    const before = [...done];

    ticket.answered();
    ticket.behindAnswer(() => done.push('third'));

    expect(before).toEqual([]);
    expect(done).toEqual(['first', 'second', 'third']);
    expect(ticket.isAnswered).toBe(true);
  });

  it('is bounded: more than 1 000 do not wait', () => {
    const ticket = new SubscriptionTicket();
    const done: number[] = [];

    for (let number = 1; number <= 1_000; number += 1) ticket.behindAnswer(() => done.push(number));
    const before = done.length;
    for (let number = 1_001; number <= 1_003; number += 1) ticket.behindAnswer(() => done.push(number));

    expect(before).toBe(0);
    expect(done).toEqual(Array.from({ length: 1_003 }, (_, index) => index + 1));
  });
});
