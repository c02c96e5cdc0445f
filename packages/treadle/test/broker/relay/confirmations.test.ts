import { Confirmations } from '../../../src/broker/relay/confirmations.js';

/** Whether a promise has resolved by now. */
async function isDone(promise: Promise<void> | undefined): Promise<boolean> {
  return Promise.race([
    promise?.then(() => true) ?? true,
    new Promise<boolean>((resolve) => setImmediate(resolve, false)),
  ]);
}

describe('the confirmations of one sender', () => {
  it('are waited for by nobody when nothing is unanswered', () => {
    const confirmations = new Confirmations();
    confirmations.end(confirmations.begin());

    expect(confirmations.whenNone()).toBeUndefined();
  });

  it('are waited for as far as messages had begun, in whatever order they are answered', async () => {
    const confirmations = new Confirmations();
    const [first, second] = [confirmations.begin(), confirmations.begin()];
    const waited = confirmations.whenNone();
    const third = confirmations.begin();

    confirmations.end(second);
    expect(await isDone(waited)).toBe(false);
    confirmations.end(first);
    expect(await isDone(waited)).toBe(true);
    expect(confirmations.size).toBe(1);
    confirmations.end(third);
    expect(confirmations.whenNone()).toBeUndefined();
  });

  it('remember that one of them failed, and end as the others do', () => {
    const confirmations = new Confirmations();
    const [first, second] = [confirmations.begin(), confirmations.begin()];

    confirmations.end(first);
    expect(confirmations.hasFailed).toBe(false);
    confirmations.fail(second);
    confirmations.end(confirmations.begin());

    expect(confirmations.hasFailed).toBe(true);
    expect(confirmations.whenNone()).toBeUndefined();
  });
});
