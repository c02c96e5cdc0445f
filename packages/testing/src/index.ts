export { FakeClock } from './fake-clock.js';
export { Inbox, type WaitOptions } from './inbox.js';
export type { ReceivedFrame } from './received-frame.js';
export { StompServerError } from './stomp-server-error.js';
export { connect, type ConnectOptions, type RequestOptions, TestClient } from './test-client.js';
