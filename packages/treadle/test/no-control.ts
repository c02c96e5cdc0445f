import type { SessionControl } from '../src/messaging/session-control.js';

/** The part of a session that tests without a connection have no use for. */
export const NO_CONTROL: SessionControl = {
  connectedAt: new Date(0),
  transport: 'none',
  version: '1.2',
  isCongested: false,
  disconnect: () => Promise.resolve(),
  unsubscribe: () => false,
};
