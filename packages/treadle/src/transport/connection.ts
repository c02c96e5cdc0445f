import type { PeerCertificate } from 'node:tls';

/**
 * One peer, as octets: what every transport offers and a session drives.
 *
 * Contract for implementers: `open` is called once, before any octet is handed over; the listener's methods are called
 * synchronously, never from inside a method of the connection that the listener called, and never after `onClose`, which
 * comes exactly once. No method throws; after the end they do nothing.
 *
 * Where a peer can end its own half alone (TCP), that is `onClose` too, and `send` still reaches it: the listener answers what it owes and calls
 * `close`. Elsewhere that call does nothing any more.
 */
export interface Connection {
  /** What the octets travel by, in lower case, for statistics: `websocket`, `tcp`, `tls`, `memory` … */
  readonly transport: string;
  /** What was known when the peer connected. */
  readonly handshake: Handshake;
  /** False from the moment it closed, was told to, or passed a limit of `OutboundLimits`: nothing that is sent reaches the peer any more. */
  readonly isOpen: boolean;
  /** Starts the flow of octets to `listener`. */
  open(listener: ConnectionListener): void;
  /**
   * Queues one whole STOMP frame, `head` followed by `tail`; neither may be changed afterwards. Never waits. Everything
   * queued in one turn of the event loop leaves in one write, in order.
   */
  send(head: Uint8Array, tail: Uint8Array | undefined, encoding: FrameEncoding): void;
  /**
   * For those who can wait with what they send next: `undefined` while at most `OutboundLimits.roomOctets` wait for the peer,
   * else a promise that resolves when that is so again or the connection is over. It never rejects.
   */
  whenWritable(): Promise<void> | undefined;
  /** Stops reading from the peer; octets already read may still arrive. */
  pause(): void;
  /** Reads again. */
  resume(): void;
  /** Writes what is queued, then closes with `code` (RFC 6455 § 7.4). A peer that does not answer is cut off after a while. */
  close(code: CloseCode, reason: string): void;
  /** Cuts the connection at once and drops what is queued. */
  terminate(): void;
}

/** How the octets of a frame travel where the transport tells text from binary (WebSocket). */
export type FrameEncoding = 'text' | 'binary';

/** Receives what a connection has to say. */
export interface ConnectionListener {
  /** Octets from the peer, in order. The view stays valid: nobody writes into it later. */
  onOctets(chunk: Uint8Array): void;
  /** The peer reads slower than it is written to: a limit of `OutboundLimits` is passed. Called once. */
  onOverflow(detail: string): void;
  /**
   * The peer broke the rules of the transport itself, below STOMP. The listener may still send a last frame; the connection
   * closes itself right after.
   */
  onFault(fault: ConnectionFault): void;
  /** It is over, for whatever reason. */
  onClose(code: number, reason: string): void;
}

/** What a connection can find wrong with the octets it gets. */
export type ConnectionFault = 'too big' | 'not UTF-8' | 'malformed';

/** The HTTP request, or its likeness, that a connection began with. */
export interface Handshake {
  /** Path and query, as asked for: `/ws?x=1`. Over TCP nothing is asked for: the server's address, `stomp://127.0.0.1:61613`. */
  readonly url: string;
  /** Headers with lower-case names, as `IncomingMessage.headers`. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly remoteAddress: string | undefined;
  /** The WebSocket sub-protocol agreed on, such as `v12.stomp`. */
  readonly subProtocol: string | undefined;
  /** Of a client over TCP with TLS, when the server asked for one and could verify it. */
  readonly clientCertificate?: PeerCertificate | undefined;
  /** What handshake interceptors kept: the session's attributes begin with it. */
  readonly attributes?: ReadonlyMap<string, unknown> | undefined;
}

/** Close codes the framework uses (RFC 6455 § 7.4.1; 4500 as Spring's `CloseStatus.SESSION_NOT_RELIABLE`). */
export const CLOSE_CODES = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  policyViolation: 1008,
  messageTooBig: 1009,
  internalError: 1011,
  tryAgainLater: 1013,
  sessionNotReliable: 4500,
} as const;

/** One of `CLOSE_CODES`. */
export type CloseCode = (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES];

/** How far a peer may lag behind what is sent to it. */
export interface OutboundLimits {
  /** Octets that may wait for one peer before `onOverflow`; one frame may pass it. Default 512 KiB (Spring: `sendBufferSizeLimit`). */
  readonly sendBufferOctets: number;
  /** Octets that may wait before `whenWritable` asks to wait. Default: half of `sendBufferOctets`. */
  readonly roomOctets?: number;
  /**
   * Milliseconds that a peer may take nothing while something waits for it, before `onOverflow`; what is handed to the operating system
   * in one write counts as one. Default 10 000 (Spring: `sendTimeLimit`).
   */
  readonly sendTimeMs: number;
}
