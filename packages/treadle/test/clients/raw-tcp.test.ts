import { RawTcpClient } from './kit/raw-tcp-client.js';
import { describeConversations } from './kit/scenarios.js';

describe('frames typed into a socket, over TCP', () => {
  describeConversations(
    { versions: ['1.0', '1.1', '1.2'], escapesHeaders: [] },
    ({ tcpPort }) => new RawTcpClient(tcpPort),
  );
});
