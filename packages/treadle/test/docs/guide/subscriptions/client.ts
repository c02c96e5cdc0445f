import type { Client, IMessage } from '@stomp/stompjs';

export function watchCheapRedCars(client: Client, show: (message: IMessage) => void): void {
  client.subscribe('/topic/cars/*', show, { selector: "color = 'red' AND price BETWEEN 1000 AND 5000" });
}

export function watchOthers(client: Client, show: (message: IMessage) => void): void {
  client.subscribe('/topic/cars/*', show, { 'no-echo': 'true' });
}
