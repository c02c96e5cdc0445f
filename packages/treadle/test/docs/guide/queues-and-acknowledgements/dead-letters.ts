import type { Client } from '@stomp/stompjs';

export function watchDeadLetters(client: Client, report: (line: string) => void): void {
  client.subscribe(
    '/queue/dead-letters',
    (letter) => {
      report(
        `${letter.headers['original-destination']} failed ${letter.headers['delivery-count']} times: ${letter.body}`,
      );
      letter.ack();
    },
    { ack: 'client-individual' },
  );
}
