import { FakeClock } from '@treadle/testing';
import { QueueExpiry } from '../../../../src/broker/simple/queue/queue-expiry.js';
import { QueuedMessage } from '../../../../src/broker/simple/queue/queued-message.js';
import { createMessage } from '../../broker-under-test.js';

function createExpiring(clock: FakeClock, afterMs: number): QueuedMessage {
  const headers = { expires: String(clock.wallTime() + afterMs) };
  return new QueuedMessage(0, createMessage('MESSAGE', { destination: '/queue/x', headers }));
}

describe('QueueExpiry', () => {
  it('tells when the first may have expired, with one timer', async () => {
    const clock = new FakeClock();
    const due = jest.fn();
    const expiry = new QueueExpiry(clock, due);
    const [first, second] = [createExpiring(clock, 100), createExpiring(clock, 200)];
    for (const message of [second, first]) expiry.add(message);
    expect(clock.timerCount).toBe(1);

    await clock.advance(100);

    expect(due).toHaveBeenCalledTimes(1);
    expect(expiry.takeDue()).toEqual([first]);
  });

  it('sets no timer after it was stopped, whatever comes back then', () => {
    const clock = new FakeClock();
    const expiry = new QueueExpiry(clock, () => undefined);
    expiry.add(createExpiring(clock, 100));

    expiry.stop();
    expiry.takeDue();
    expiry.add(createExpiring(clock, 50));

    expect(clock.timerCount).toBe(0);
  });
});
