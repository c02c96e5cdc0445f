import type { Socket } from 'node:net';
import { encodeFrame, EMPTY_BODY, type Frame, headerValue, type StompVersion } from '@treadle/stomp';
import type { Timer } from '../../../foundation/clock.js';
import { isError, shorten, textOf } from '../../../foundation/error-text.js';
import type { OccasionalWarning } from '../../../foundation/occasional-warning.js';
import type { FlushQueue } from '../../../transport/outbound-buffer.js';
import type { Dialect } from '../dialect/dialect.js';
import type { BrokerLink, BrokerMessage, LinkFrame } from './broker-link.js';
import { connectFrame, readConnected, refusedConnect } from './connect-exchange.js';
import { FrameLine } from './frame-line.js';
import { brokerUnavailable, errorLine } from './link-errors.js';
import type { LinkConnectorOptions, LinkRequest } from './link-request.js';
import { PendingRequests } from './pending-requests.js';

// For what is pending, and DISCONNECT's RECEIPT, when we end a link.
const CLOSE_TIME_MS = 5_000;
const MOST_ERROR_CHARACTERS = 2_000;

/** What a link is made of. */
export interface StompLinkParts {
  /** Connected, TLS included. */
  readonly socket: Socket;
  /** `stomp://host:port`. */
  readonly address: string;
  readonly request: LinkRequest;
  readonly options: LinkConnectorOptions;
  readonly flushQueue: FlushQueue;
  /** For the ERROR frames of those that are one of many. */
  readonly clientErrors: OccasionalWarning;
  /** For messages that are larger than is taken. */
  readonly oversized: OccasionalWarning;
}

/** A conversation in STOMP over a socket, as the client. */
export class StompLink implements BrokerLink {
  readonly address: string;
  readonly #request: LinkRequest;
  readonly #options: LinkConnectorOptions;
  readonly #line: FrameLine;
  readonly #clientErrors: OccasionalWarning;
  readonly #oversized: OccasionalWarning;
  readonly #pending: PendingRequests;
  #server: string | undefined;
  #version: StompVersion = '1.2';
  #dialect: Dialect | undefined;
  /** `new` until CONNECTED, `closing` since `close`, `over` when nothing is read or written any more. */
  #phase: 'new' | 'open' | 'closing' | 'over' = 'new';
  #greeting: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
  /** The words of an ERROR whose culprit may be pending. */
  #doubt: string | undefined;
  /** The `receipt` of what was sent to find it. */
  #fence: string | undefined;
  /** Whether a further ERROR came since. */
  #isFenceOld = false;
  #fences = 0;
  #saidGoodbye = false;
  /** DISCONNECT was answered. */
  #isComplete = false;
  #closeTimer: Timer | undefined;

  constructor({ socket, address, request, options, flushQueue, clientErrors, oversized }: StompLinkParts) {
    const { clock, receiptTimeMs, brokerFrameBodyOctets } = options;
    this.address = address;
    this.#request = request;
    this.#options = options;
    this.#clientErrors = clientErrors;
    this.#oversized = oversized;
    this.#line = new FrameLine({
      socket,
      flushQueue,
      clock,
      maxBodyOctets: brokerFrameBodyOctets,
      stallTimeMs: receiptTimeMs,
      onFrame: (frame) => this.#take(frame),
      onOversized: (frame) => this.#takeOversized(frame),
      onEnd: (reason, cause) => this.#lose(reason, cause),
    });
    this.#pending = new PendingRequests({
      clock,
      timeMs: receiptTimeMs,
      onLate: (command) => this.#lose(`no answer to ${command} in ${receiptTimeMs} ms`),
      onIdle: () => this.#sayGoodbye(),
      isDeaf: () => this.#line.isPaused,
    });
  }

  get server(): string | undefined {
    return this.#server;
  }

  get version(): StompVersion {
    return this.#version;
  }

  get dialect(): Dialect {
    if (!this.#dialect) throw new Error('the link is not connected'); // nobody is given one before
    return this.#dialect;
  }

  get isOpen(): boolean {
    return this.#phase === 'open' && this.#line.isOpen;
  }

  /**
   * Sends CONNECT; resolves at CONNECTED. The listener is called from the next turn of the event loop on.
   * @throws MessageRejectedError `BROKER_REFUSED`, `BROKER_UNAVAILABLE`; the connection is cut then
   */
  async greet(signal: AbortSignal): Promise<void> {
    const onAbort = (): void => this.#lose(textOf(signal.reason));
    signal.addEventListener('abort', onAbort);
    try {
      signal.throwIfAborted();
      const connect = connectFrame({ ...this.#options, credentials: this.#request.credentials });
      const greeted = new Promise<void>((resolve, reject) => (this.#greeting = { resolve, reject }));
      this.#line.open();
      this.#line.write(encodeFrame(connect, '1.2'));
      await greeted;
    } catch (error) {
      this.#line.cut();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  send(frame: LinkFrame): void {
    if (this.isOpen) this.#write(frame, frame.headers);
  }

  request(frame: LinkFrame): Promise<void> {
    if (!this.isOpen) return Promise.reject(brokerUnavailable(`the link to ${this.address} is over`));
    const { receipt, answered } = this.#pending.add(frame.command);
    this.#write(frame, [...frame.headers, 'receipt', receipt]);
    return answered;
  }

  whenWritable(): Promise<void> | undefined {
    return this.#line.whenWritable();
  }

  pause(): void {
    if (this.#phase === 'open') this.#line.pause();
  }

  resume(): void {
    if (!this.#line.isPaused) return;
    this.#pending.grantTime();
    this.#line.resume();
  }

  async close(): Promise<boolean> {
    if (this.#phase === 'open') this.#beginToClose();
    await this.#line.gone;
    return this.#isComplete;
  }

  terminate(reason: string): void {
    this.#lose(reason);
  }

  #beginToClose(): void {
    this.#phase = 'closing';
    this.resume(); // or the answers could not come
    this.#closeTimer = this.#options.clock.setTimeout(
      () => this.#lose('the broker did not answer DISCONNECT'),
      CLOSE_TIME_MS,
    );
    if (this.#pending.size === 0) this.#sayGoodbye();
  }

  #write(
    { command, body = EMPTY_BODY }: { readonly command: Frame['command']; readonly body?: Uint8Array },
    headers: readonly string[],
  ): void {
    this.#line.write(encodeFrame({ command, headers, body }, this.#version));
  }

  #take(frame: Frame): void {
    if (this.#phase === 'new') return this.#takeAnswer(frame);
    if (frame.command === 'RECEIPT') return this.#takeReceipt(headerValue(frame.headers, 'receipt-id') ?? '');
    if (frame.command === 'ERROR') return this.#takeError(frame);
    if (frame.command === 'MESSAGE' && this.#phase === 'open') this.#tell(frame);
  }

  /** One message that is too large must not end the connection of all others. */
  #takeOversized(frame: Frame): void {
    if (frame.command !== 'MESSAGE' || this.#phase !== 'open') return this.#take(frame);
    const destination = headerValue(frame.headers, 'destination');
    this.#oversized.tell({ link: this.#request.name, destination });
    this.#tell({ headers: frame.headers, body: frame.body, isOversized: true });
  }

  #takeAnswer(frame: Frame): void {
    try {
      if (frame.command !== 'CONNECTED') throw this.#refusal(frame);
      const { version, server, sendEvery, expectEvery } = readConnected(frame, this.address, this.#options.heartBeat);
      this.#version = version;
      this.#server = server;
      this.#dialect = this.#options.dialectOf(server);
      this.#line.speak(version);
      this.#line.startHeartBeats(sendEvery, expectEvery);
      this.#phase = 'open';
      this.#line.pause(); // until who waits for the greeting has run on
      this.#line.resume();
      this.#greeting?.resolve();
    } catch (error) {
      this.#greeting?.reject(isError(error) ? error : new Error(textOf(error)));
    }
  }

  #refusal(frame: Frame): Error {
    if (frame.command === 'ERROR') return refusedConnect(frame, this.address, this.#request.credentials);
    return brokerUnavailable(`${this.address} answered CONNECT with ${frame.command}`);
  }

  #takeError({ headers, body }: Frame): void {
    const message = headerValue(headers, 'message') ?? '';
    const text = shorten(Buffer.from(body.subarray(0, 4 * MOST_ERROR_CHARACTERS)).toString(), MOST_ERROR_CHARACTERS);
    const said = errorLine(message, text);
    if (this.#pending.refused(headerValue(headers, 'receipt-id') ?? '', said)) return;
    const subscription = headerValue(headers, 'subscription');
    this.#logError(said);
    if (subscription === undefined) this.#seekCulprit(said);
    if (this.#phase !== 'open') return;
    this.#guard(() => this.#request.listener.onError({ message, body: text, subscription }));
  }

  #logError(said: string): void {
    const { name, isOneOfMany } = this.#request;
    if (isOneOfMany) this.#clientErrors.tell({ link: name, said });
    else this.#options.logger.warn(`the broker sent ERROR to ${name}: ${said}`);
  }

  /**
   * An ERROR without `receipt-id`, as RabbitMQ's are, means that some frame was not done. Which one shows as soon as a frame behind it is answered, or the connection
   * ends, so one is sent that does nothing. One at a time, however many errors there are.
   */
  #seekCulprit(said: string): void {
    if (this.#saidGoodbye) return; // nothing is answered behind DISCONNECT
    this.#pending.doubt();
    if (!this.#pending.hasOrdered || !this.#line.isOpen) return;
    this.#doubt = said;
    if (this.#fence === undefined) this.#sendFence();
    else this.#isFenceOld = true;
  }

  #sendFence(): void {
    this.#fences += 1;
    this.#isFenceOld = false;
    const headers = ['transaction', `fence-${this.#fences}`];
    const { receipt, answered } = this.#pending.add('BEGIN');
    this.#fence = receipt;
    answered.catch(() => undefined); // lost: what is pending has failed with it
    this.#write({ command: 'BEGIN' }, [...headers, 'receipt', receipt]);
    this.#write({ command: 'ABORT' }, headers);
  }

  /** A RECEIPT came. Behind a fence the link has proved to live on; but the culprits of errors that came since it was sent may be behind it. */
  #takeReceipt(receipt: string): void {
    this.#pending.answered(receipt);
    if (receipt !== this.#fence) return;
    this.#pending.refuseBefore(receipt, this.#doubt ?? '');
    if (this.#isFenceOld) return this.#sendFence();
    this.#fence = undefined;
    this.#doubt = undefined;
    this.#pending.trust();
  }

  #tell(message: BrokerMessage): void {
    try {
      this.#request.listener.onMessage(message);
    } catch (error) {
      this.#failedToHandle(error);
    }
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#failedToHandle(error);
    }
  }

  #failedToHandle(error: unknown): void {
    this.#options.logger.error(`what the broker sent to ${this.#request.name} could not be handled`, { error });
  }

  /** When we close and everything has been answered. */
  #sayGoodbye(): void {
    if (this.#phase !== 'closing' || this.#saidGoodbye) return;
    this.#saidGoodbye = true;
    const { receipt, answered } = this.#pending.add('DISCONNECT');
    this.#write({ command: 'DISCONNECT' }, ['receipt', receipt]);
    answered.then(
      () => {
        this.#isComplete = true;
        this.#line.end();
      },
      () => this.#line.cut(),
    );
  }

  #lose(reason: string, options?: ErrorOptions): void {
    const phase = this.#phase;
    if (phase === 'over') return;
    this.#phase = 'over';
    this.#closeTimer?.cancel();
    this.#line.cut();
    this.#pending.fail(reason, this.#doubt);
    const lost = brokerUnavailable(`${this.address}: ${reason}`, options);
    if (phase === 'new') this.#greeting?.reject(lost);
    if (phase === 'open') this.#guard(() => this.#request.listener.onLost(lost));
  }
}
