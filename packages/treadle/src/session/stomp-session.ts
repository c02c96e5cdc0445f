import { randomUUID } from 'node:crypto';
import {
  type Frame,
  FrameDecoder,
  HEART_BEAT,
  headerValue,
  type HeartBeat,
  negotiateHeartBeat,
  type StompVersion,
  validateFrame,
} from '@treadle/stomp';
import { type Awaitable, isPromise, whenDone } from '../foundation/awaitable.js';
import type { Timer } from '../foundation/clock.js';
import { asError } from '../foundation/error-text.js';
import { type ErrorCode, MessageHandlingError, MessageRejectedError } from '../foundation/errors.js';
import type { Message } from '../messaging/message.js';
import { NativeHeaders } from '../messaging/native-headers.js';
import type { Principal, SessionContext } from '../messaging/session-context.js';
import { CLOSE_CODES, type Connection, type ConnectionListener, type Handshake } from '../transport/connection.js';
import { connectedHeaders, readConnect, SUPPORTED_VERSIONS } from './connect-negotiation.js';
import { announceDisconnect } from './disconnect-announcement.js';
import { encodeConnected, encodeError, encodeReceipt, frameToMessage } from './frame-mapping.js';
import { HeartBeats } from './heart-beats.js';
import { type FrameWork, InboundQueue } from './inbound-queue.js';
import type { SessionEnvironment } from './session-environment.js';
import {
  SessionConnectedEvent,
  SessionDisconnectEvent,
  type SessionEvent,
  SessionSubscribeEvent,
  SessionUnsubscribeEvent,
} from './session-events.js';
import { reportFailure, type SessionFailure } from './session-failure.js';
import { SessionSubscriptions } from './session-subscriptions.js';

/**
 * opening: no frame yet → connecting: CONNECT is on its way through the channel → connected → ended.
 * `ended` begins with DISCONNECT, with an ERROR frame or with the loss of the connection; nothing is handled after it.
 */
type SessionState = 'opening' | 'connecting' | 'connected' | 'ended';

// The first frame is CONNECT and has no body; of another one no more than this is collected before it is refused.
const BODY_OCTETS_BEFORE_CONNECT = 1024;

/** Who is told of the end of a session; each at most once. */
export interface SessionOwner {
  /** The session is over and will not be heard of again. */
  onEnd(session: StompSession): void;
  /** Its DISCONNECT message or event takes time to be taken in: resolves when all are done, never rejects. */
  onFarewell(farewell: Promise<void>): void;
}

/**
 * One client's STOMP conversation: its frames, strictly in order, become messages on the inbound channel; what the channel says
 * becomes CONNECTED, RECEIPT or ERROR; what the outbound channel brings becomes MESSAGE.
 */
export class StompSession implements SessionContext, ConnectionListener {
  readonly id = randomUUID();
  user: Principal | undefined;
  readonly attributes = new Map<string, unknown>();
  readonly #connection: Connection;
  readonly #environment: SessionEnvironment;
  readonly #owner: SessionOwner;
  readonly #decoder: FrameDecoder;
  readonly #queue: InboundQueue;
  readonly #heartBeats: HeartBeats;
  readonly #subscriptions: SessionSubscriptions;
  readonly #connectTimer: Timer;
  #lingerTimer: Timer | undefined;
  #state: SessionState = 'opening';
  #takesFrames = true;
  // Before CONNECT the newest version is assumed: its ERROR frames are readable for all.
  #version: StompVersion = '1.2';

  constructor(connection: Connection, environment: SessionEnvironment, owner: SessionOwner) {
    const { limits, clock } = environment;
    this.#connection = connection;
    this.#environment = environment;
    this.#owner = owner;
    this.#subscriptions = new SessionSubscriptions(limits.subscriptions);
    this.#decoder = new FrameDecoder({
      limits: {
        maxHeaders: limits.frameHeaders,
        maxHeaderLineOctets: limits.frameHeaderLineOctets,
        maxBodyOctets: Math.min(limits.frameBodyOctets, BODY_OCTETS_BEFORE_CONNECT),
      },
      onFrame: (frame) => {
        // Nothing is handled after DISCONNECT or ERROR, be it in the same octets.
        if (this.#state !== 'ended') this.#queue.push(frame);
      },
    });
    const work: FrameWork = {
      perform: (frame) => this.#perform(frame),
      done: (frame) => this.#acknowledge(frame),
      failed: (frame, error) => this.#fail(error, frame),
    };
    this.#queue = new InboundQueue(work, limits, connection);
    this.#heartBeats = new HeartBeats(clock, {
      beat: () => this.#connection.send(HEART_BEAT, undefined, 'text'),
      lost: () => this.fail('HEART_BEAT_LOST', 'the client was silent for too long'),
      isDeaf: () => this.#queue.isPaused,
    });
    this.#connectTimer = clock.setTimeout(
      () => this.fail('CONNECT_TIME_EXCEEDED', `not connected within ${limits.connectTimeMs} ms`),
      limits.connectTimeMs,
    );
  }

  get handshake(): Handshake {
    return this.#connection.handshake;
  }

  /** Starts to read. */
  open(): void {
    this.#connection.open(this);
  }

  /** Writes the MESSAGE frame of a delivery; drops it when its subscription or the session has ended. */
  deliver(message: Message): void {
    const subscription = this.#subscriptions.get(message.subscriptionId ?? '');
    if (!subscription || subscription.hasFailed || this.#state !== 'connected') return;
    const encoded = this.#environment.encoder.encode(message, this.#version);
    this.#heartBeats.spoke();
    this.#connection.send(subscription.start, encoded.octets, encoded.encoding);
  }

  /** Ends the session with an ERROR frame of this code. */
  fail(code: ErrorCode, detail: string): void {
    this.#fail(new MessageRejectedError(detail, { code }), undefined);
  }

  /** Takes no more frames; resolves when those that came are handled. */
  drain(): Promise<void> {
    this.#takesFrames = false;
    return new Promise((resolve) => this.#queue.whenIdle(resolve));
  }

  /** Ends the session without an ERROR frame: what is queued is written, then the connection closes. */
  close(code: 1000 | 1001, reason: string): void {
    void this.#end(code, reason);
    this.#connection.close(code, reason);
  }

  onOctets(chunk: Uint8Array): void {
    if (this.#state === 'ended') return;
    this.#heartBeats.heard();
    if (!this.#takesFrames) return;
    try {
      this.#decoder.decode(chunk);
    } catch (error) {
      this.#takesFrames = false;
      // The frames before the broken one count: they are handled first.
      this.#queue.whenIdle(() => this.#fail(error, undefined));
    }
  }

  onOverflow(detail: string): void {
    if (this.#state !== 'ended') this.#report(new MessageRejectedError(detail, { code: 'SLOW_CONSUMER' }));
    void this.#end(CLOSE_CODES.sessionNotReliable, 'SLOW_CONSUMER');
    this.#connection.terminate(); // it does not read, so it would not read a close frame either
  }

  onFault(fault: 'too big' | 'not UTF-8' | 'malformed'): void {
    if (this.#state === 'ended') return;
    const { code, detail } = FAULTS[fault];
    const { closeCode } = this.#sendError(new MessageRejectedError(detail, { code }), undefined);
    this.#takesFrames = false;
    this.#connection.close(closeCode, code);
    // The frames before the broken message count, though nobody can be told any more.
    this.#queue.whenIdle(() => void this.#end(closeCode, code));
  }

  onClose(code: number, reason: string): void {
    if (this.#state === 'ended') return;
    this.#heartBeats.stop();
    const { clock, limits, logger } = this.#environment;
    this.#lingerTimer = clock.setTimeout(() => {
      logger.warn(
        `a session is forgotten whose frame is in progress though its client left ${limits.lingerTimeMs} ms ago`,
        {
          sessionId: this.id,
        },
      );
      void this.#end(code, reason);
    }, limits.lingerTimeMs);
    // Frames received before count, even if the client is gone.
    this.#queue.whenIdle(() => void this.#end(code, reason));
  }

  /** Settles when the frame has taken effect. */
  #perform(frame: Frame): Awaitable<void> {
    if (this.#state === 'opening') return this.#connect(frame);
    validateFrame(frame, this.#version);
    switch (frame.command) {
      case 'SEND':
        refuseTransaction(frame);
        return this.#environment.inbound.send(frameToMessage('MESSAGE', frame, this));
      case 'SUBSCRIBE':
        return this.#subscribe(frame);
      case 'UNSUBSCRIBE':
        return this.#unsubscribe(frame);
      case 'ACK':
      case 'NACK':
        refuseTransaction(frame);
        return this.#environment.inbound.send(frameToMessage(frame.command, frame, this));
      case 'DISCONNECT':
        return this.#end(CLOSE_CODES.normal, 'DISCONNECT', new NativeHeaders(frame.headers));
      case 'BEGIN':
      case 'COMMIT':
      case 'ABORT':
        return refuseTransaction(frame);
      default: // CONNECT and STOMP: the decoder lets no server command through
        throw new MessageRejectedError(`a second ${frame.command} was sent`, { code: 'ALREADY_CONNECTED' });
    }
  }

  #connect(frame: Frame): Awaitable<void> {
    const { version, heartBeat } = readConnect(frame);
    this.#version = version;
    this.#decoder.version = version;
    // Frames may follow in the same octets: from now on, not when CONNECT is accepted.
    this.#decoder.setLimits({ maxBodyOctets: this.#environment.limits.frameBodyOctets });
    this.#state = 'connecting';
    return whenDone(this.#environment.inbound.send(frameToMessage('CONNECT', frame, this)), () =>
      this.#connected(heartBeat),
    );
  }

  #connected(peer: HeartBeat): void {
    if (this.#state !== 'connecting') return; // the time for CONNECT ran out meanwhile
    this.#state = 'connected';
    this.#connectTimer.cancel();
    const { heartBeat, events } = this.#environment;
    this.#connection.send(
      encodeConnected(connectedHeaders(this, this.#version, heartBeat), this.#version),
      undefined,
      'text',
    );
    const { sendEvery, expectEvery } = negotiateHeartBeat(heartBeat, peer);
    this.#heartBeats.start(sendEvery, expectEvery);
    void events.publish(new SessionConnectedEvent(this));
  }

  #subscribe(frame: Frame): Awaitable<void> {
    // Known before it is live: an answer to the subscription itself may be delivered while it is being made.
    const subscription = this.#subscriptions.add(frame, this.#version);
    return whenDone(this.#environment.inbound.send(frameToMessage('SUBSCRIBE', frame, this, subscription)), () =>
      this.#publish(new SessionSubscribeEvent(this, subscription.id, subscription.destination)),
    );
  }

  #unsubscribe(frame: Frame): Awaitable<void> {
    const subscription = this.#subscriptions.remove(frame);
    return whenDone(this.#environment.inbound.send(frameToMessage('UNSUBSCRIBE', frame, this, subscription)), () => {
      if (subscription.hasFailed) return; // nobody was told that it began
      this.#publish(new SessionUnsubscribeEvent(this, subscription.id, subscription.destination));
    });
  }

  /** `SessionDisconnectEvent` is the last event of a session, whatever is still in progress. Frames do not wait for listeners. */
  #publish(event: SessionEvent): void {
    if (this.#state !== 'ended') void this.#environment.events.publish(event);
  }

  /** The frame took effect: RECEIPT if it asked for one; a DISCONNECT closes the connection now. */
  #acknowledge(frame: Frame): void {
    if (this.#state === 'ended' && frame.command !== 'DISCONNECT') return;
    const receipt = headerValue(frame.headers, 'receipt');
    // `receipt` on CONNECT is not for us to answer: CONNECTED is (STOMP 1.2 § Standard Headers).
    if (receipt !== undefined && frame.command !== 'CONNECT' && frame.command !== 'STOMP') {
      this.#heartBeats.spoke();
      this.#connection.send(encodeReceipt(receipt, this.#version), undefined, 'text');
    }
    if (frame.command === 'DISCONNECT') this.#connection.close(CLOSE_CODES.normal, 'DISCONNECT');
  }

  #fail(thrown: unknown, frame: Frame | undefined): void {
    if (this.#state === 'ended') return;
    const error = asError(thrown);
    // Application code failed, and was answered by the error policy already: only a receipt is still owed.
    const isAnswered = error instanceof MessageHandlingError;
    if (isAnswered && (!frame || headerValue(frame.headers, 'receipt') === undefined)) {
      if (frame?.command === 'SUBSCRIBE') this.#subscriptions.markFailed(frame);
      return;
    }
    const { code, closeCode } = this.#sendError(error, frame);
    void this.#end(closeCode, code);
    this.#connection.close(closeCode, code);
  }

  #report(error: Error): SessionFailure {
    return reportFailure(error, this.id, this.#environment.logger);
  }

  #sendError(error: Error, frame: Frame | undefined): SessionFailure {
    const failure = this.#report(error);
    const headers = failure.code === 'VERSION_UNSUPPORTED' ? ['version', SUPPORTED_VERSIONS] : [];
    this.#connection.send(encodeError({ ...failure, frame, headers }, this.#version), undefined, 'text');
    return failure;
  }

  /**
   * Forgets everything about the session, here and behind the channel, exactly once. Resolves when DISCONNECT was handled; listeners of its
   * event are not waited for. Never rejects.
   */
  #end(code: number, reason: string, disconnectHeaders = NativeHeaders.EMPTY): Awaitable<void> {
    if (this.#state === 'ended') return;
    const wasConnected = this.#state === 'connected';
    const wasKnown = this.#state !== 'opening';
    this.#state = 'ended';
    this.#queue.clear();
    this.#heartBeats.stop();
    this.#connectTimer.cancel();
    this.#lingerTimer?.cancel();
    this.#owner.onEnd(this);
    if (!wasKnown) return;
    const announced = announceDisconnect(this, disconnectHeaders, this.#environment);
    const farewell = whenDone(announced, () =>
      wasConnected ? this.#environment.events.publish(new SessionDisconnectEvent(this, code, reason)) : undefined,
    );
    if (isPromise(farewell)) this.#owner.onFarewell(farewell);
    return announced;
  }
}

/** BEGIN, COMMIT and ABORT always name one. */
function refuseTransaction({ command, headers }: Frame): void {
  if (headerValue(headers, 'transaction') === undefined) return;
  throw new MessageRejectedError(`${command} named a transaction`, { code: 'TRANSACTIONS_UNSUPPORTED' });
}

const FAULTS = {
  'too big': { code: 'MESSAGE_TOO_LARGE', detail: 'a WebSocket message is too large' },
  'not UTF-8': { code: 'MESSAGE_NOT_UTF8', detail: 'a text message is not UTF-8' },
  malformed: { code: 'MESSAGE_MALFORMED', detail: 'the octets are not WebSocket frames' },
} as const;
