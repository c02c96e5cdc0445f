import * as fc from 'fast-check';
import { pick, requireSession, sessionOf, SLOTS, type Step } from './step.js';

const IDS: readonly string[] = ['t1', 't2'];

/** A client begins a transaction. */
export const beginning: fc.Arbitrary<Step> = fc.constantFrom(...SLOTS).map((slot) => ({
  title: `${slot} begins a transaction`,
  isPossible: (broker) => (sessionOf(broker, slot)?.transactions.size ?? IDS.length) < IDS.length,
  async perform(broker, world) {
    const session = requireSession(broker, slot);
    const transaction = IDS.find((each) => !session.transactions.has(each)) ?? '';
    const receipt = world.createName('r');
    await world.send(slot, 'BEGIN', { transaction, receipt });
    session.transactions.set(transaction, { sends: [], acknowledgements: [] });
    session.receipts.push({ id: receipt, headers: {} });
  },
}));

/** A client commits or aborts one of its transactions. */
export const endingTransaction: fc.Arbitrary<Step> = fc
  .record({
    slot: fc.constantFrom(...SLOTS),
    index: fc.nat(3),
    commits: fc.constantFrom(true, true, false),
    wantsReceipt: fc.boolean(),
  })
  .map(({ slot, index, commits, wantsReceipt }) => ({
    title: `${slot} ${commits ? 'commits' : 'aborts'} a transaction`,
    isPossible: (broker) => (sessionOf(broker, slot)?.transactions.size ?? 0) > 0,
    async perform(broker, world) {
      const session = requireSession(broker, slot);
      const transaction = pick([...session.transactions.keys()], index) ?? '';
      const receipt = world.createName('r');
      await world.send(slot, commits ? 'COMMIT' : 'ABORT', { transaction, ...(wantsReceipt && { receipt }) });
      const refusal = commits ? broker.commit(session, transaction) : broker.abort(session, transaction);
      if (!wantsReceipt) return;
      if (refusal === undefined) session.receipts.push({ id: receipt, headers: {} });
      else broker.end(session, refusal);
    },
  }));
