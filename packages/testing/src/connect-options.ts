import type { MemoryConnection } from 'treadle';
import type { WaitOptions } from './inbox.js';

/** Who connects, and how. */
export interface ConnectOptions {
  readonly login?: string;
  readonly passcode?: string;
  /** STOMP versions offered, such as `'1.1,1.2'`. Default `'1.2'`; `undefined` explicitly leaves the header out (STOMP 1.0). */
  readonly acceptVersion?: string | undefined;
  /** `heart-beat` header; default `'0,0'`: none. */
  readonly heartBeat?: string;
  /** Further headers of CONNECT. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The HTTP request the connection seems to begin with. */
  readonly handshake?: Partial<MemoryConnection['handshake']>;
}

/** How to ask. */
export interface RequestOptions extends WaitOptions {
  /** Further headers of the request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The application's `userDestinationPrefix`; default `/user`. */
  readonly userDestinationPrefix?: string;
}
