export { FakeClock } from './fake-clock.js';
export { Inbox, type WaitOptions } from './inbox.js';
export type { ReceivedFrame } from './received-frame.js';
export { connect, type ConnectOptions, StompServerError, TestClient } from './test-client.js';
