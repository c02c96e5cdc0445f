import { NumberedSend } from '../load/client-frames.js';
import { Run } from '../load/run.js';
import { Sampler } from '../load/sampler.js';
import { type ServerAddress, StompConnection } from '../load/stomp-connection.js';
import type { Scenario, Traffic } from './scenario.js';

/** How many ask, and how many requests each may have open at a time. */
export interface RequestReplySize {
  readonly connections: number;
  readonly inFlight: number;
}

/** One question at a time: the cost of a message through a controller, with nothing to batch per session. */
export const requestReply1: Scenario = {
  name: 'request-reply-1',
  description: '50 connections, SEND /app/echo.{id} to MESSAGE on /topic/echo.{id} by a controller, 1 in flight each',
  unit: 'round trips',
  targets: [{ measure: 'cpu', ratio: 1.5 }],
  open: (address) => RequestReply.open(address, { connections: 50, inFlight: 1 }),
};

/** The same with many open questions. */
export const requestReply32: Scenario = {
  name: 'request-reply-32',
  description: '50 connections, SEND /app/echo.{id} to MESSAGE on /topic/echo.{id} by a controller, 32 in flight each',
  unit: 'round trips',
  targets: [{ measure: 'rate', ratio: 2 }],
  open: (address) => RequestReply.open(address, { connections: 50, inFlight: 32 }),
};

/** Connections that each send the next request when a reply arrives, all on destinations of their own. */
export class RequestReply implements Traffic {
  readonly #inFlight: number;
  readonly #clients: readonly Client[];
  readonly #sampler = new Sampler();
  #run: Run | undefined;
  #due = 0;
  #answered = 0;

  private constructor(connections: readonly StompConnection[], inFlight: number) {
    this.#inFlight = inFlight;
    this.#clients = connections.map((connection, id) => new Client(connection, id));
    this.#clients.forEach((client) => this.#countReplies(client));
  }

  /** Connects, and subscribes connection n to `/topic/echo.n`. */
  static async open(address: ServerAddress, size: RequestReplySize): Promise<RequestReply> {
    const connections = await StompConnection.openAll(address, size.connections);
    for (const [id, connection] of connections.entries()) {
      await connection.subscribe(`sub-${id}`, `/topic/echo.${id}`);
      connection.startCounting();
    }
    return new RequestReply(connections, size.inFlight);
  }

  async run(seconds: number, stalledAfter?: number): Promise<number> {
    const before = this.#answered;
    this.#run = new Run(() => this.#due, stalledAfter);
    this.#clients.forEach((client) => this.#ask(client));
    await this.#run.end(seconds);
    return this.#answered - before;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) {
      await client.connection.disconnect();
    }
    this.#sampler.assertChecked();
  }

  #countReplies(client: Client): void {
    client.connection.onMessage = (octets, start, end) => {
      const sequence = client.answered;
      if (sequence >= client.asked) {
        throw new Error(`${client.destination} got ${sequence + 1} replies to ${client.asked} requests`);
      }
      client.answered += 1;
      this.#answered += 1;
      this.#due -= 1;
      if (this.#sampler.isDue(octets)) {
        const { subscription, destination } = client;
        this.#sampler.check(octets.toString('utf8', start, end), { subscription, destination, sequence });
      }
    };
    client.connection.onRead = () => {
      this.#ask(client);
      this.#run?.progressed();
    };
  }

  #ask(client: Client): void {
    const count = this.#inFlight - (client.asked - client.answered);
    if (count === 0 || !this.#run?.isSending) {
      return;
    }
    client.connection.write(client.send.encode(client.asked, count));
    client.asked += count;
    this.#due += count;
  }
}

class Client {
  readonly connection: StompConnection;
  readonly subscription: string;
  readonly destination: string;
  readonly send: NumberedSend;
  asked = 0;
  answered = 0;

  constructor(connection: StompConnection, id: number) {
    this.connection = connection;
    this.subscription = `sub-${id}`;
    this.destination = `/topic/echo.${id}`;
    this.send = new NumberedSend(`/app/echo.${id}`);
  }
}
