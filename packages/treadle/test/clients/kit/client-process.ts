import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { SessionEvents } from './session-events.js';
import type { ConnectOptions, ReceivedMessage, SendOptions, StockClient, StockSession } from './stock-client.js';

/** What the programs are told, one JSON object per line; each has `id`, `session` and `do` beside these. */
type Command =
  | { do: 'connect'; port: number; version: string; login?: string; passcode?: string; heartBeat: readonly number[] }
  | { do: 'subscribe'; name: string; destination: string; ack: string; headers: Readonly<Record<string, string>> }
  | { do: 'unsubscribe'; name: string }
  | {
      do: 'send';
      destination: string;
      /** Base64. */
      body: string;
      headers: Readonly<Record<string, string>>;
      receipt: boolean;
      contentType?: string;
      transaction?: string;
    }
  | { do: 'ack' | 'nack'; number: number; transaction?: string }
  | { do: 'begin' | 'commit' | 'abort'; transaction: string }
  | { do: 'disconnect' | 'drop' };

/** What they print: the outcome of a command, or what the server sent by itself. */
type Line =
  | { readonly id: number; readonly result?: unknown; readonly error?: string }
  | { readonly event: 'message'; session: string; number: number; headers: Record<string, string>; body: string }
  | { readonly event: 'error'; readonly session: string; readonly text: string }
  | { readonly event: 'heart-beat' | 'closed'; readonly session: string };

/** A STOMP library of another language, in a process of its own. */
export class ClientProcess implements StockClient {
  readonly #child: ChildProcess;
  readonly #port: number;
  readonly #ended: Promise<void>;
  readonly #pending = new Map<number, (line: Extract<Line, { id: number }>) => void>();
  readonly #sessions = new Map<string, SessionEvents>();
  #commands = 0;
  #complaint = '';

  /** @param port where the server answers STOMP over TCP */
  constructor(program: string, programArguments: readonly string[], port: number) {
    this.#port = port;
    this.#child = spawn(program, programArguments, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#complaint += chunk.toString()));
    this.#child.stdin?.on('error', () => undefined); // it has ended, which `close` tells
    const { stdout } = this.#child;
    if (stdout) createInterface({ input: stdout }).on('line', (line) => this.#read(JSON.parse(line) as Line)); // as above
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        for (const [id, settle] of this.#pending) settle({ id, error: `the program ended: ${this.#complaint}` });
        resolve();
      };
      this.#child.once('error', (error) => (this.#complaint += error.message));
      this.#child.once('error', end).once('close', end);
    });
  }

  async connect(options: ConnectOptions): Promise<StockSession> {
    const name = `session-${this.#sessions.size + 1}`;
    const events = new SessionEvents();
    this.#sessions.set(name, events);
    const { version, login, passcode, heartBeat = [0, 0] } = options;
    const credentials = { ...(login !== undefined && { login }), ...(passcode !== undefined && { passcode }) };
    const command: Command = { do: 'connect', port: this.#port, version, heartBeat, ...credentials };
    const chosen = await this.#tell(name, command);
    return new RemoteSession(String(chosen), events, (told) => this.#tell(name, told));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #tell(session: string, command: Command): Promise<unknown> {
    this.#commands += 1;
    const id = this.#commands;
    const settled = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, ({ result, error }) => {
        this.#pending.delete(id);
        if (error === undefined) resolve(result);
        else reject(new Error(error));
      });
    });
    this.#child.stdin?.write(`${JSON.stringify({ id, session, ...command })}\n`);
    return settled;
  }

  #read(line: Line): void {
    if ('id' in line) {
      this.#pending.get(line.id)?.(line);
      return;
    }
    const events = this.#sessions.get(line.session);
    if (line.event === 'message') events?.message({ ...line, body: Buffer.from(line.body, 'base64') });
    else if (line.event === 'error') events?.error(line.text);
    else if (line.event === 'heart-beat') events?.heartBeat();
    else events?.close();
  }
}

class RemoteSession implements StockSession {
  readonly version: string;
  readonly closed: Promise<void>;
  readonly #events: SessionEvents;
  readonly #tell: (command: Command) => Promise<unknown>;

  constructor(version: string, events: SessionEvents, tell: (command: Command) => Promise<unknown>) {
    this.version = version;
    this.closed = events.closed;
    this.#events = events;
    this.#tell = tell;
  }

  async subscribe(name: string, destination: string, ack = 'auto', headers = {}): Promise<void> {
    await this.#tell({ do: 'subscribe', name, destination, ack, headers });
  }

  async unsubscribe(name: string): Promise<void> {
    await this.#tell({ do: 'unsubscribe', name });
  }

  async send(destination: string, body: string | Uint8Array, options: SendOptions = {}): Promise<void> {
    const { contentType, headers = {}, transaction, receipt = transaction === undefined } = options;
    const further = {
      ...(contentType !== undefined && { contentType }),
      ...(transaction !== undefined && { transaction }),
    };
    const text = Buffer.from(body).toString('base64');
    await this.#tell({ do: 'send', destination, body: text, headers, receipt, ...further });
  }

  async ack(message: ReceivedMessage, transaction?: string): Promise<void> {
    await this.#acknowledge('ack', message, transaction);
  }

  async nack(message: ReceivedMessage, transaction?: string): Promise<void> {
    await this.#acknowledge('nack', message, transaction);
  }

  async begin(transaction: string): Promise<void> {
    await this.#tell({ do: 'begin', transaction });
  }

  async commit(transaction: string): Promise<void> {
    await this.#tell({ do: 'commit', transaction });
  }

  async abort(transaction: string): Promise<void> {
    await this.#tell({ do: 'abort', transaction });
  }

  next(): Promise<ReceivedMessage> {
    return this.#events.next();
  }

  heartBeats(count: number): Promise<void> {
    return this.#events.heartBeats(count);
  }

  async disconnect(): Promise<void> {
    await this.#tell({ do: 'disconnect' });
  }

  async drop(): Promise<void> {
    await this.#tell({ do: 'drop' });
  }

  async #acknowledge(verb: 'ack' | 'nack', { number }: ReceivedMessage, transaction?: string): Promise<void> {
    await this.#tell({ do: verb, number, ...(transaction !== undefined && { transaction }) });
  }
}
