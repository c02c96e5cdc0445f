import * as fc from 'fast-check';
import { ExpiryHeap } from '../../../../src/broker/simple/queue/expiry-heap.js';
import { QueuedMessage } from '../../../../src/broker/simple/queue/queued-message.js';
import { createMessage } from '../../broker-under-test.js';

const expiring = (at: number): QueuedMessage =>
  new QueuedMessage(0, createMessage('MESSAGE', { destination: '/queue/x', headers: { expires: at } }));

describe('ExpiryHeap', () => {
  it('has the message that expires first at hand, whatever was added and taken out', () => {
    const operation = fc.record({
      at: fc.integer({ min: 1, max: 40 }),
      taken: fc.option(fc.nat(30), { nil: undefined }),
    });

    fc.assert(
      fc.property(fc.array(operation, { maxLength: 150 }), (operations) => {
        const heap = new ExpiryHeap();
        const model: QueuedMessage[] = [];
        for (const { at, taken } of operations) {
          if (taken === undefined) {
            const message = expiring(at);
            model.push(message);
            heap.add(message);
          } else {
            const [message] = model.splice(taken, 1);
            if (message) heap.delete(message);
          }
          expect(heap.first?.expiresAt ?? Infinity).toBe(Math.min(...model.map(({ expiresAt }) => expiresAt)));
        }
      }),
    );
  });

  it('does not mind what is not in it', () => {
    const heap = new ExpiryHeap();
    const message = expiring(5);
    heap.add(message);
    heap.delete(message);

    heap.delete(message);
    heap.delete(expiring(1));

    expect(heap.first).toBeUndefined();
  });
});
