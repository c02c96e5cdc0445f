/** Clients on their way to a session, before STOMP begins. */
export interface HandshakeStats {
  /** At this moment: waiting for the interceptors of their endpoint. */
  readonly waiting: number;
  /** Turned away before their handshake because there were `limits.sessions`; what was told of it is no STOMP frame. */
  readonly limitExceeded: number;
  /** Turned away because their handshake took longer than `limits.handshakeTimeMs`. */
  readonly timeExceeded: number;
}

/** What the transports of an application count of clients that have no session yet. */
export class HandshakeCounters {
  waiting = 0;
  limitExceeded = 0;
  timeExceeded = 0;

  /** The numbers of this moment. */
  get stats(): HandshakeStats {
    const { waiting, limitExceeded, timeExceeded } = this;
    return { waiting, limitExceeded, timeExceeded };
  }
}
