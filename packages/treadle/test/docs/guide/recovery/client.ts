import type { Client, IMessage, StompHeaders } from '@stomp/stompjs';

export class RecoveringSubscription {
  private offset = '0'; // everything that is kept
  private epoch: string | undefined;

  constructor(
    private readonly destination: string,
    private readonly show: (message: IMessage) => void,
    private readonly reload: () => void,
  ) {}

  /** Call it in `client.onConnect`, which comes after every reconnect too. */
  subscribe(client: Client): void {
    const receipt = crypto.randomUUID();
    client.watchForReceipt(receipt, ({ headers }) => this.subscribed(headers));
    const headers: StompHeaders = { receipt, offset: this.offset };
    if (this.epoch !== undefined) headers['epoch'] = this.epoch;
    client.subscribe(this.destination, (message) => this.receive(message), headers);
  }

  private subscribed({ recovered, offset = '0', epoch }: StompHeaders): void {
    if (recovered === 'false') this.reload();
    if (epoch === this.epoch && Number(offset) < Number(this.offset)) return; // a message was faster
    this.offset = offset;
    this.epoch = epoch;
  }

  private receive(message: IMessage): void {
    this.show(message);
    this.offset = message.headers['offset'] ?? '0';
    this.epoch = message.headers['epoch'];
  }
}
