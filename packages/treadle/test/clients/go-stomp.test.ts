import { describeWith, goStomp } from '../../../../scripts/testing/require-server.js';
import { ClientProcess } from './kit/client-process.js';
import { describeConversations } from './kit/scenarios.js';

describeWith(goStomp, 'go-stomp 3, over TCP', (program) => {
  describeConversations(
    { versions: ['1.0', '1.1', '1.2'], escapesHeaders: ['1.1', '1.2'] },
    ({ tcpPort }) => new ClientProcess(program, [], tcpPort),
  );
});
