import { Client, type IMessage } from '@stomp/stompjs';

export class Requests {
  readonly #waiting = new Map<string, (reply: IMessage) => void>();
  readonly #client: Client;
  #lastId = 0;

  /** To be made when the client has connected. */
  constructor(client: Client) {
    this.#client = client;
    client.subscribe('/user/queue/replies', (reply) => {
      const id = reply.headers['correlation-id'] ?? '';
      this.#waiting.get(id)?.(reply);
      this.#waiting.delete(id);
    });
  }

  async send<T>(destination: string, body: string): Promise<T> {
    const id = String((this.#lastId += 1));
    const answered = new Promise<IMessage>((resolve) => this.#waiting.set(id, resolve));
    this.#client.publish({
      destination,
      body,
      headers: { 'reply-to': '/user/queue/replies', 'correlation-id': id },
    });
    const reply = await answered;
    if (reply.headers['code']) throw new Error(reply.headers['code']);
    return JSON.parse(reply.body) as T;
  }
}
