/** A server that can be measured; a new one is a new file in this folder and a line in `contestant-list.ts`. */
export interface Contestant {
  /** Short name, for `--only` and the table. */
  readonly name: string;
  /** What it is, in a line. */
  readonly description: string;
  /**
   * Path of the Node program that serves STOMP over WebSocket on 127.0.0.1 and the port of the environment variable PORT
   * (0: any), prints its `ws://` address when ready, and ends on SIGTERM.
   */
  program(): string;
}
