import type { RelayClient } from '../../../src/broker/relay/client/relay-client.js';
import { RelayedSession } from '../../../src/broker/relay/relay-sessions.js';
import { createSession } from '../broker-under-test.js';

/** Enough for whatever reacts to a promise. */
const TICKS = 20;

async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick += 1) await Promise.resolve();
}

/** A session whose own messages are confirmed when told, and the order in which those behind them go on. */
function create(): { readonly order: string[]; readonly confirm: () => void; readonly come: (name: string) => void } {
  let confirm: () => void = () => undefined;
  let confirmed: Promise<void> | undefined = new Promise((resolve) => {
    confirm = () => {
      confirmed = undefined;
      resolve();
    };
  });
  const client: Pick<RelayClient, 'whenConfirmed'> = { whenConfirmed: () => confirmed };
  const session = new RelayedSession(createSession('a'), client as RelayClient); // as much of one as turns need
  const order: string[] = [];
  const come = (name: string): void => {
    const turn = session.whenOwnIsConfirmed();
    if (turn) void turn.then(() => order.push(name));
    else order.push(name);
  };
  return { order, confirm: () => confirm(), come };
}

describe('what the application sends for a session', () => {
  test('goes at once when nothing of the session is unconfirmed', async () => {
    const { order, confirm, come } = create();
    confirm();

    come('at once');

    expect(order).toEqual(['at once']);
  });

  test.each(Array.from({ length: TICKS }, (_, tick) => tick))(
    'overtakes nothing that waited for the same, when it comes %d microtasks behind the confirmation',
    async (tick) => {
      const { order, confirm, come } = create();
      come('first');
      come('second');

      confirm();
      await ticks(tick);
      come('third');
      await ticks(TICKS);

      expect(order).toEqual(['first', 'second', 'third']);
    },
  );
});
