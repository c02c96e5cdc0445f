import type { Client, IMessage } from '@stomp/stompjs';

export function work(client: Client, resize: (job: unknown) => Promise<void>): void {
  const takeOne = async (message: IMessage): Promise<void> => {
    try {
      await resize(JSON.parse(message.body));
      message.ack();
    } catch {
      message.nack();
    }
  };
  client.subscribe('/queue/thumbnails', (message) => void takeOne(message), {
    ack: 'client-individual',
    'prefetch-count': '10',
  });
}
