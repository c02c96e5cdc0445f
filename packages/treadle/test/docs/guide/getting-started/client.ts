import { Client } from '@stomp/stompjs';

const client = new Client({ brokerURL: 'ws://localhost:8080/ws' });
client.onConnect = () => {
  client.subscribe('/topic/greetings', ({ body }) => console.log('greeted', body));
  client.subscribe('/user/queue/errors', ({ body }) => console.warn('refused', body));
  client.publish({ destination: '/app/hello', body: JSON.stringify({ name: 'world' }) });
};
client.activate();
