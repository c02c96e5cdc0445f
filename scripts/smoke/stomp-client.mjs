import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '../steps/run-program.mjs';

// The clients that the chat's page and tests use; the workspace's root has none of its own.
const requireFromChat = createRequire(join(ROOT, 'examples/chat/package.json'));
const { Client } = requireFromChat('@stomp/stompjs');
const { WebSocket } = requireFromChat('ws');

/**
 * Connects a stock STOMP client and resolves when the server has answered CONNECTED.
 *
 * @param {string} host with its port
 * @param {Record<string, string>} [connectHeaders]
 * @param {string} [path] of the endpoint
 */
export function connect(host, connectHeaders = {}, path = '/ws') {
  return new Promise((resolve, reject) => {
    const client = new Client({
      webSocketFactory: () => new WebSocket(`ws://${host}${path}`, ['v12.stomp']),
      connectHeaders,
      reconnectDelay: 0,
      onConnect: () => resolve(client),
      onStompError: ({ headers, body }) => reject(new Error(`ERROR ${headers.message}: ${body}`)),
      onWebSocketError: ({ message }) => reject(new Error(message)),
    });
    client.activate();
  });
}

/** Sends one message and resolves with the body of the first MESSAGE that comes on the other destination. */
export function ask(client, sendTo, body, answersOn) {
  return new Promise((resolve) => {
    client.subscribe(answersOn, (message) => resolve(message.body), { receipt: 'live' });
    client.watchForReceipt('live', () => client.publish({ destination: sendTo, body }));
  });
}
