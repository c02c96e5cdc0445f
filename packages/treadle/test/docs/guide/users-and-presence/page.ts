import { Client, type IMessage } from '@stomp/stompjs';
import type { PresenceChange, PresentUsers } from 'treadle';

const client = new Client({ brokerURL: 'ws://localhost:8080/ws' });
let present = new Set<string>();

client.onConnect = () => {
  client.subscribe('/topic/presence', ({ body }: IMessage) => {
    const message = JSON.parse(body) as PresentUsers | PresenceChange; // the server's word
    if (message.type === 'present') present = new Set(message.users);
    if (message.type === 'joined') present.add(message.user);
    if (message.type === 'left') present.delete(message.user);
  });
};
