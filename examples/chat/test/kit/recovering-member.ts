import { Client, type IMessage, type StompHeaders } from '@stomp/stompjs';
import { WebSocket } from 'ws';
import type { Person } from './chat-fixture.js';

/** A member of a room with a stock client that names the last message it has when it comes back. Nothing of the page. */
export class RecoveringMember implements AsyncDisposable {
  /** The texts it got, in order. */
  readonly texts: string[] = [];
  /** What each RECEIPT of its SUBSCRIBE said: `true`, `false`, or `undefined` the first time. */
  readonly recovered: (string | undefined)[] = [];
  readonly #client: Client;
  readonly #destination: string;
  #position: StompHeaders = {};
  #noticed: () => void = () => undefined;

  /** @param address of the chat, or of the network to it */
  constructor(address: string, { name, token }: Person, roomId: string) {
    this.#destination = `/topic/chat-rooms/${roomId}`;
    this.#client = new Client({
      webSocketFactory: () => new WebSocket(`${address.replace('http', 'ws')}/ws`, ['v12.stomp']),
      connectHeaders: { login: name, passcode: token },
      reconnectDelay: 20,
      onConnect: () => this.#subscribe(),
    });
    this.#client.activate();
  }

  /** Resolves when this holds. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => (this.#noticed = resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.deactivate();
  }

  #subscribe(): void {
    const receipt = crypto.randomUUID();
    this.#client.watchForReceipt(receipt, ({ headers }) => {
      this.recovered.push(headers['recovered']);
      this.#moveTo(headers);
    });
    this.#client.subscribe(this.#destination, (message) => this.#receive(message), { receipt, ...this.#position });
  }

  #receive({ body, headers }: IMessage): void {
    this.texts.push((JSON.parse(body) as { text: string }).text); // a message as the controller answers it
    this.#moveTo(headers);
  }

  #moveTo({ offset = '0', epoch = '' }: StompHeaders): void {
    this.#position = { offset, epoch };
    this.#noticed();
  }
}
