import { CLIENT_COMMANDS, type Command, SERVER_COMMANDS } from '@treadle/stomp';

/** The sessions of this server, and how those ended that did not end well (Spring: `WebSocketMessageBrokerStats`). */
export interface SessionStats {
  /** At this moment, those included that are still connecting. */
  readonly current: number;
  /** Since the application was made; refused ones are not among them. */
  readonly total: number;
  /** Both by what their octets travel by: `websocket`, `tcp`, `tls`, `memory` or what another `Connection` calls itself. */
  readonly byTransport: Readonly<Record<string, { readonly current: number; readonly total: number }>>;
  /** At this moment: for whom more than half of `limits.sendBufferOctets` waits. */
  readonly congested: number;
  /** At this moment: whose clients are not read, because enough of their frames wait (`limits.inboundQueueFrames`, `limits.inboundQueueOctets`). */
  readonly paused: number;
  /** Refused because there were `limits.sessions`. */
  readonly limitExceeded: number;
  /** Ended because they were not connected within `limits.connectTimeMs`. */
  readonly connectTimeExceeded: number;
  /** Ended because their client read too slowly: `limits.sendBufferOctets`, `limits.sendTimeMs`. */
  readonly slowConsumers: number;
  /** Ended because their client was silent for too long. */
  readonly heartBeatsLost: number;
  /** Ended sessions that were not waited for any more, as something was still in progress after `limits.lingerTimeMs`. */
  readonly abandoned: number;
  /** Connections that broke (without a close frame, by a reset), and those that broke the rules of their transport. */
  readonly transportErrors: number;
  /** Sessions that the server ended or refused, by error code; those named above are among them. */
  readonly endedByCode: Readonly<Record<string, number>>;
  /**
   * Messages that were refused or failed, by the error code their sender was told: by a handler, an interceptor or a full queue. Those whose RECEIPT was owed
   * ended their session too (STOMP 1.2 § ERROR), and are in both.
   */
  readonly refusedByCode: Readonly<Record<string, number>>;
}

/** What the statistics look at in each session. */
export interface CountedSession {
  readonly transport: string;
  readonly isCongested: boolean;
  readonly isPaused: boolean;
}

/**
 * STOMP frames by command since the application was made: those of clients as they came, refused ones included, those of the server as they were
 * queued. Heart-beats are no frames.
 */
export type FrameStats = Readonly<Record<Command, number>>;

/** What the sessions of a server count; each count is an increment of a plain number. */
export class SessionCounters {
  readonly frames: Record<Command, number> = zeros([...CLIENT_COMMANDS, ...SERVER_COMMANDS]);
  transportErrors = 0;
  abandoned = 0;
  readonly #endedByCode = new Map<string, number>();
  readonly #begunByTransport = new Map<string, number>();

  /** A session was taken. */
  began(transport: string): void {
    increment(this.#begunByTransport, transport);
  }

  /** The server ended or refused a session. */
  ended(code: string): void {
    increment(this.#endedByCode, code);
  }

  /** @param current the sessions there are */
  describeSessions(current: Iterable<CountedSession>): Omit<SessionStats, 'refusedByCode'> {
    const all = [...current];
    const by = (code: string): number => this.#endedByCode.get(code) ?? 0;
    const transports = [...this.#begunByTransport].map(([transport, total]) => {
      return [transport, { current: all.filter((each) => each.transport === transport).length, total }] as const;
    });
    return {
      current: all.length,
      total: transports.reduce((sum, [, { total }]) => sum + total, 0),
      byTransport: Object.fromEntries(transports),
      congested: all.filter(({ isCongested }) => isCongested).length,
      paused: all.filter(({ isPaused }) => isPaused).length,
      limitExceeded: by('SESSION_LIMIT_EXCEEDED'),
      connectTimeExceeded: by('CONNECT_TIME_EXCEEDED'),
      slowConsumers: by('SLOW_CONSUMER'),
      heartBeatsLost: by('HEART_BEAT_LOST'),
      abandoned: this.abandoned,
      transportErrors: this.transportErrors,
      endedByCode: Object.fromEntries(this.#endedByCode),
    };
  }
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>; // one entry of each
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
