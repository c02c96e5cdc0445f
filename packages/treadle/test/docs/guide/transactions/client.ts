import type { Client } from '@stomp/stompjs';

export function moveCups(client: Client, from: string, to: string, cups: number): void {
  const { id, commit } = client.begin();
  client.publish({ destination: `/app/stock/${from}`, body: String(-cups), headers: { transaction: id } });
  client.publish({ destination: `/app/stock/${to}`, body: String(cups), headers: { transaction: id } });
  commit();
}
