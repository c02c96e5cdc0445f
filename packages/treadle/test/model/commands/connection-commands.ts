import * as fc from 'fast-check';
import { requireSession, sessionOf, SLOTS, USERS, type Step } from './step.js';

/** A client connects, where none is. */
export const connecting: fc.Arbitrary<Step> = fc
  .record({ slot: fc.constantFrom(...SLOTS), version: fc.constantFrom('1.2', '1.2', '1.2', '1.1', '1.0') })
  .map(({ slot, version }) => ({
    title: `${slot} connects with STOMP ${version}`,
    isPossible: (broker) => !sessionOf(broker, slot),
    async perform(broker, world) {
      world.note(`${slot}: CONNECT accept-version:${version} login:${USERS[slot]}`);
      const { sessionId = '' } = await world.connect(slot, version, USERS[slot]);
      broker.connect(slot, sessionId, version, USERS[slot]);
    },
  }));

/** A client says that it goes. */
export const disconnecting: fc.Arbitrary<Step> = fc.constantFrom(...SLOTS).map((slot) => ({
  title: `${slot} disconnects`,
  isPossible: (broker) => sessionOf(broker, slot) !== undefined,
  async perform(broker, world) {
    const session = requireSession(broker, slot);
    const receipt = world.createName('r');
    await world.send(slot, 'DISCONNECT', { receipt });
    session.receipts.push({ id: receipt, headers: {} });
    broker.end(session);
    const last = world.clientOf(slot).client.frames.at(-1);
    if (session.isReading && last?.command !== 'RECEIPT') throw new Error(`${slot} got no RECEIPT of DISCONNECT`);
  },
}));

/** A client is gone. */
export const vanishing: fc.Arbitrary<Step> = fc.constantFrom(...SLOTS).map((slot) => ({
  title: `${slot} loses its connection`,
  isPossible: (broker) => sessionOf(broker, slot) !== undefined,
  async perform(broker, world) {
    world.note(`${slot}: loses its connection`);
    world.clientOf(slot).client.drop();
    await world.settle();
    broker.end(requireSession(broker, slot));
  },
}));

/** A client stops reading, or reads again. */
export const pausing: fc.Arbitrary<Step> = fc
  .record({ slot: fc.constantFrom(...SLOTS), reads: fc.constantFrom(true, true, true, false) })
  .map(({ slot, reads }) => ({
    title: `${slot} ${reads ? 'reads again' : 'stops reading'}`,
    isPossible: (broker) => sessionOf(broker, slot)?.isReading === !reads,
    async perform(broker, world) {
      const { client } = world.clientOf(slot);
      world.note(`${slot}: ${reads ? 'reads again' : 'stops reading'}`);
      if (reads) client.readAgain();
      else client.stopReading();
      await world.settle();
      broker.leaveTurnsOpen();
      requireSession(broker, slot).isReading = reads;
    },
  }));

/** Time passes. */
export const waiting: fc.Arbitrary<Step> = fc.constantFrom(100, 400, 1000, 3000).map((milliseconds) => ({
  title: `${milliseconds} ms pass`,
  isPossible: () => true,
  async perform(_broker, world) {
    world.note(`${milliseconds} ms pass`);
    await world.clock.advance(milliseconds);
  },
}));
