import { join } from 'node:path';
import { describeWith, stompPy } from '../../../../scripts/testing/require-server.js';
import { ClientProcess } from './kit/client-process.js';
import { describeConversations } from './kit/scenarios.js';

const PROGRAM = join(__dirname, 'python/client.py');

describeWith(stompPy, 'stomp.py 9, over TCP', (python) => {
  describeConversations(
    { versions: ['1.0', '1.1', '1.2'], escapesHeaders: ['1.1', '1.2'] },
    ({ tcpPort }) => new ClientProcess(python, [PROGRAM], tcpPort),
  );
});
