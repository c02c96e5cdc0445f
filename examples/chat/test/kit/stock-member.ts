import { Client } from '@stomp/stompjs';
import { WebSocket } from 'ws';

/** Somebody in the chat with a stock client, `@stomp/stompjs`, and nothing of the page. */
export class StockMember implements AsyncDisposable {
  readonly name: string;
  /** What came, by destination, in order: parsed JSON. */
  readonly received: { readonly destination: string; readonly body: any }[] = []; // tests look into it with their own expectations
  readonly #client: Client;
  readonly #token: string;
  readonly #address: string;
  #noticed: () => void = () => undefined;

  private constructor(address: string, name: string, token: string) {
    this.name = name;
    this.#address = address;
    this.#token = token;
    this.#client = new Client({
      webSocketFactory: () => new WebSocket(`${address.replace('http', 'ws')}/ws`, ['v12.stomp']),
      connectHeaders: { login: name, passcode: token },
      reconnectDelay: 0,
    });
  }

  /** Makes an account at the server and opens a session there. */
  static async join(address: string, name: string): Promise<StockMember> {
    const response = await fetch(`${address}/api/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    const { token } = (await response.json()) as { token: string }; // what creating an account answers
    return StockMember.#open(address, name, token);
  }

  /** The same person with a session at another server. */
  at(address: string): Promise<StockMember> {
    return StockMember.#open(address, this.name, this.#token);
  }

  static async #open(address: string, name: string, token: string): Promise<StockMember> {
    const member = new StockMember(address, name, token);
    await new Promise<void>((resolve, reject) => {
      member.#client.onConnect = () => resolve();
      member.#client.onStompError = ({ headers }) => reject(new Error(headers['message']));
      member.#client.activate();
    });
    return member;
  }

  /** Resolves when the subscription is live. */
  subscribe(destination: string): Promise<void> {
    return this.#confirmed((receipt) => {
      const take = ({ body }: { body: string }): void => {
        this.received.push({ destination, body: JSON.parse(body) });
        this.#noticed();
      };
      this.#client.subscribe(destination, take, { receipt });
    });
  }

  /** Sends a message and resolves when the server has confirmed it. @param id as a page would choose it */
  say(destination: string, text: string, id: string = crypto.randomUUID()): Promise<void> {
    return this.#confirmed((receipt) => {
      const headers = { 'content-type': 'application/json', receipt };
      this.#client.publish({ destination, headers, body: JSON.stringify({ id, text }) });
    });
  }

  /** The texts that came from there so far. */
  textsFrom(destination: string): string[] {
    return this.received.filter((each) => each.destination === destination).map(({ body }) => String(body.text));
  }

  /** Resolves when this holds; looked at with every message and receipt. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => (this.#noticed = resolve));
  }

  /** Asks the JSON API. */
  async get(path: string, address: string = this.#address): Promise<any> {
    const response = await fetch(address + path, { headers: { authorization: `Bearer ${this.#token}` } });
    return response.json();
  }

  async post(path: string, body: unknown): Promise<number> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
    const response = await fetch(this.#address + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return response.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.deactivate();
  }

  #confirmed(send: (receipt: string) => void): Promise<void> {
    return new Promise((resolve) => {
      const receipt = crypto.randomUUID();
      this.#client.watchForReceipt(receipt, () => {
        resolve();
        setImmediate(() => this.#noticed()); // behind those who wait for the receipt
      });
      send(receipt);
    });
  }
}
