import type { Clock } from '../../foundation/clock.js';

/** What happens when time is over. */
export interface TimeLimitParts {
  readonly clock: Clock;
  /** Called once, when the time is over; gives what the wait then fails with. */
  readonly onExceeded: () => Error;
  /** Takes a failure that comes after that; a late success is nobody's concern. */
  readonly onLateFailure: (error: unknown) => void;
}

/** Settles as the promise does, or fails when it takes longer; the timer goes with it. */
export function withinTime(
  promise: Promise<void>,
  milliseconds: number,
  { clock, onExceeded, onLateFailure }: TimeLimitParts,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const timer = clock.setTimeout(() => {
      isOver = true;
      reject(onExceeded());
    }, milliseconds);
    promise.then(
      () => {
        timer.cancel();
        resolve();
      },
      (error: unknown) => {
        timer.cancel();
        if (isOver) onLateFailure(error);
        else resolve(promise); // fails as it did
      },
    );
  });
}
