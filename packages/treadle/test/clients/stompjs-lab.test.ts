import { describeConversations } from './kit/scenarios.js';
import { StompJsClient } from './kit/stompjs-client.js';

describe('@stomp/stompjs 7, over WebSocket', () => {
  describeConversations(
    // It escapes in 1.2 only, and takes escapes back in several passes: a backslash before an n comes out wrong in the client.
    { versions: ['1.0', '1.1', '1.2'], escapesHeaders: [] },
    ({ webSocketUrl }) => new StompJsClient(webSocketUrl),
  );
});
