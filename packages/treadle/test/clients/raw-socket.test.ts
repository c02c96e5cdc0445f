import { listen } from '../transport/listening-application.js';
import { maskedFrame, RawWebSocket } from '../transport/raw-web-socket.js';

describe('a raw socket that types frames by hand', () => {
  it('connects, subscribes, sends, gets receipts and heart-beats, and disconnects', async () => {
    await using server = await listen({ heartBeat: { sends: 50, expects: 0 } });
    await using client = await RawWebSocket.upgrade(server.port, '/ws', ['Sec-WebSocket-Protocol: v12.stomp']);
    const type = (text: string): void => client.write(maskedFrame(text));

    type('CONNECT\r\naccept-version:1.2\r\nhost:by.hand\r\nheart-beat:0,50\r\n\r\n\0');
    await client.until('CONNECTED\nversion:1.2\nheart-beat:50,0\nsession:');
    type('SUBSCRIBE\nid:0\ndestination:/queue/a\nreceipt:message-1\n\n\0\n');
    await client.until('RECEIPT\nreceipt-id:message-1\n\n\0');
    type('SEND\ndestination:/queue/a\ncontent-type:text/plain\nprice:12\n\nhello queue a\0');
    await client.until('\n\nhello queue a\0');
    await client.until('\x81\x01\n');
    type('DISCONNECT\nreceipt:77\n\n\0');
    await client.until('RECEIPT\nreceipt-id:77\n\n\0');
    await client.until('\x88\x0c\x03\xe8DISCONNECT'); // a close frame, 1000
    client.write(maskedFrame(Buffer.from([0x03, 0xe8]), { opcode: 8 }));
    await client.closed;

    expect(client.response).toContain('Sec-WebSocket-Protocol: v12.stomp');
    expect(client.received).toMatch(
      /MESSAGE\nsubscription:0\ndestination:\/queue\/a\nmessage-id:.+\ncontent-type:text\/plain\nprice:12\ncontent-length:13\n\nhello queue a\0/,
    );
  });
});
