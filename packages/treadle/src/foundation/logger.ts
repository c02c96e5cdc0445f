/**
 * Where the framework writes what operators must know. The shape fits the console and, by a one-line adapter, pino or winston.
 * Never called per message on the way of success; never given credentials or payloads.
 */
export interface Logger {
  debug(message: string, details?: LogDetails): void;
  info(message: string, details?: LogDetails): void;
  warn(message: string, details?: LogDetails): void;
  error(message: string, details?: LogDetails): void;
}

/** Facts beside a log line; an `error` keeps its stack. */
export type LogDetails = Readonly<Record<string, unknown>>;

/** Writes warnings and errors to the console's error stream, information to its output, and drops debug lines. The default. */
export const consoleLogger: Logger = {
  debug() {},
  info: (message, details) => (details ? console.info(message, details) : console.info(message)),
  warn: (message, details) => (details ? console.warn(message, details) : console.warn(message)),
  error: (message, details) => (details ? console.error(message, details) : console.error(message)),
};

/** Drops everything. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
