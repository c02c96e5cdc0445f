import * as fc from 'fast-check';
import { MessageLine } from '../../../../src/broker/simple/queue/message-line.js';
import { QueuedMessage } from '../../../../src/broker/simple/queue/queued-message.js';
import { publish } from '../../broker-under-test.js';

const createQueued = (position: number): QueuedMessage => new QueuedMessage(position, publish('/queue/x'));
const positionsFrom = (line: MessageLine, start: number): number[] => {
  const found: number[] = [];
  for (let next = line.from(start); next; next = line.from(next.position + 1)) found.push(next.position);
  return found;
};

describe('MessageLine', () => {
  it('keeps what is in it in the order of positions, whatever came in and went out in which order', () => {
    const operation = fc.record({ position: fc.nat(60), adds: fc.boolean() });

    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), fc.nat(60), (operations, start) => {
        const line = new MessageLine();
        const model = new Map<number, QueuedMessage>();
        for (const { position, adds } of operations) {
          const known = model.get(position);
          const isThere = model.delete(position);
          expect(line.delete(known ?? createQueued(position))).toBe(isThere);
          if (!adds) continue;
          const message = createQueued(position);
          model.set(position, message);
          line.add(message);
        }

        const expected = [...model.keys()].toSorted((one, other) => one - other);
        expect(line.size).toBe(expected.length);
        expect(line.first?.position).toBe(expected[0]);
        expect(positionsFrom(line, 0)).toEqual(expected);
        expect(positionsFrom(line, start)).toEqual(expected.filter((position) => position >= start));
      }),
    );
  });

  it('finds places among a hundred thousand messages that came back in any order', () => {
    const line = new MessageLine();
    const count = 100_000;
    // A step without common divisor visits every position once.
    for (let index = 0; index < count; index += 1) line.add(createQueued((index * 7919) % count));

    for (let position = 0; position < count; position += 1) {
      expect(line.first?.position).toBe(position);
      line.delete(createQueued(position));
    }
  });
});
