const TICK_MS = 5;

/** Calls back every five milliseconds for so many seconds; calls that a busy process was late for are made up for. */
export function pace(seconds: number, tick: () => void): Promise<void> {
  const beganAt = performance.now();
  const total = (seconds * 1_000) / TICK_MS;
  let ticks = 0;
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const due = Math.min(total, (performance.now() - beganAt) / TICK_MS);
      try {
        for (; ticks < due; ticks += 1) tick();
      } catch (error) {
        clearInterval(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      if (ticks < total) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
}

/** Resolves when the condition holds, looking every few milliseconds. @throws Error saying what is missing, after so many seconds */
export async function until(condition: () => boolean, missing: () => string, seconds = 10): Promise<void> {
  const giveUpAt = performance.now() + seconds * 1_000;
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${seconds} s: ${missing()}`);
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}
