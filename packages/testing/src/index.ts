export type { ConnectOptions, RequestOptions } from './connect-options.js';
export { FakeClock } from './fake-clock.js';
export { Inbox, type WaitOptions } from './inbox.js';
export type { ReceivedFrame } from './received-frame.js';
export { StompServerError } from './stomp-server-error.js';
export { TestTransaction } from './test-transaction.js';
export { connect, TestClient } from './test-client.js';
