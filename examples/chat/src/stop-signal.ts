/** `npm start` hands on a Ctrl+C that the terminal has delivered already: within this time both are one. */
const SAME_KEY_MS = 500;

/**
 * Resolves at the first Ctrl+C (SIGINT) or SIGTERM. Later SIGTERMs change nothing, since a service manager that signals a whole
 * process group delivers several; a second Ctrl+C ends the process at once.
 */
export function stopSignal(): Promise<void> {
  let stoppingSince: number | undefined;
  return new Promise((resolve) => {
    const stop = (): void => {
      stoppingSince ??= Date.now();
      resolve();
    };
    process.on('SIGTERM', stop).on('SIGINT', () => {
      if (stoppingSince !== undefined && Date.now() - stoppingSince > SAME_KEY_MS) process.exit(130); // 128 + SIGINT
      stop();
    });
  });
}
