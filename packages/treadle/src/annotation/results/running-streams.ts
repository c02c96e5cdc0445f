import type { Awaitable } from '../../foundation/awaitable.js';
import type { Clock, Timer } from '../../foundation/clock.js';
import { CallAbortedError, MessageRejectedError } from '../../foundation/errors.js';
import type { Logger } from '../../foundation/logger.js';
import type { SessionContext } from '../../messaging/session-context.js';
import type { RunningCall } from '../handler-call.js';
import { RunningStream } from './running-stream.js';
import type { StreamItems } from './stream-items.js';
import { StreamTurns } from './stream-turns.js';

/** What all streams of an application share. */
export interface RunningStreamsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: {
    /** Milliseconds a stream has to end when it was told to, before it is forgotten. */
    readonly lingerTimeMs: number;
    /** Items of an Observable that may wait to be sent. */
    readonly streamBufferItems: number;
    /** Streams of one session at one time. */
    readonly streams: number;
  };
}

/** The streams that handlers returned and that have not ended. */
export class RunningStreams {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #lingerTimeMs: number;
  readonly #atMost: number;
  readonly #turns = new StreamTurns();
  readonly #running = new Set<RunningStream>();
  /** How many each session has; those with none are not here. */
  readonly #counts = new Map<SessionContext, number>();
  /** Resolved for who waits until none is left. */
  #onEmpty: (() => void) | undefined;
  #isStopping = false;
  /** Items of an Observable that may wait to be sent. */
  readonly bufferItems: number;

  constructor({ clock, logger, limits }: RunningStreamsOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.#lingerTimeMs = limits.lingerTimeMs;
    this.#atMost = limits.streams;
    this.bufferItems = limits.streamBufferItems;
  }

  /** How many there are, those included that were told to stop and have not. */
  get size(): number {
    return this.#running.size;
  }

  /**
   * Begins to send the items of a stream. Resolves at the end of this turn of the event loop, when the stream has had its share of it, or when it is
   * over before; later failures go to the recovery of its call.
   * @throws MessageRejectedError `STREAM_LIMIT_EXCEEDED` when the session has too many
   * @throws what the stream fails with before that
   */
  begin(items: StreamItems, call: RunningCall, send: (item: unknown) => Awaitable<void>): Promise<void> {
    if (this.#isFull(call)) return this.#refuse(items, call);
    let linger: Timer | undefined;
    const stream = new RunningStream({
      items,
      call,
      send,
      turns: this.#turns,
      onStopping: () => (linger ??= this.#clock.setTimeout(() => this.#giveUp(stream), this.#lingerTimeMs)),
      onCleanUpFailure: (error) => {
        this.#logger.warn(`${call.handlerName}: its stream failed when it was told to stop`, { error });
      },
    });
    this.#running.add(stream);
    this.#count(call, 1);
    if (this.#isStopping) call.abort(serverStopping());
    const { begun, over } = stream.begin();
    void over.then(() => {
      linger?.cancel();
      this.#forget(stream);
    });
    return begun;
  }

  /** Tells every stream to stop, as well as those that begin from now on; resolves when all have, or when `deadline` does. */
  async stop(deadline: Promise<void>): Promise<void> {
    this.#isStopping = true;
    for (const { call } of this.#running) call.abort(serverStopping());
    if (this.#running.size === 0) return;
    const isEmpty = new Promise<void>((resolve) => (this.#onEmpty = resolve));
    await Promise.race([isEmpty, deadline]);
    for (const stream of this.#running) this.#giveUp(stream);
  }

  #giveUp(stream: RunningStream): void {
    const { handlerName, message } = stream.call;
    const cure = 'give what it waits for the AbortSignal of the call';
    this.#logger.warn(`${handlerName}: its stream was told to stop and still waits for something: ${cure}`, {
      sessionId: message.sessionId,
    });
    stream.call.end(); // what belongs to its message and session is not kept for it any longer
    this.#forget(stream);
  }

  /** A SEND is quickly written, and its stream lives as long as the session. */
  #isFull({ message: { session } }: RunningCall): boolean {
    return session !== undefined && (this.#counts.get(session) ?? 0) >= this.#atMost;
  }

  async #refuse(items: StreamItems, { handlerName }: RunningCall): Promise<never> {
    await items.stop(); // what it reads from may be open already
    throw new MessageRejectedError(
      `${handlerName}: the session has ${this.#atMost} streams already, as many as are allowed`,
      { code: 'STREAM_LIMIT_EXCEEDED' },
    );
  }

  #count({ message: { session } }: RunningCall, change: 1 | -1): void {
    if (!session) return;
    const count = (this.#counts.get(session) ?? 0) + change;
    if (count > 0) this.#counts.set(session, count);
    else this.#counts.delete(session);
  }

  #forget(stream: RunningStream): void {
    if (!this.#running.delete(stream)) return; // it was given up before
    this.#count(stream.call, -1);
    if (this.#running.size === 0) this.#onEmpty?.();
  }
}

function serverStopping(): CallAbortedError {
  return new CallAbortedError('SERVER_STOPPING', 'the server is stopping');
}
