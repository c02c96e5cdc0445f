import { randomUUID } from 'node:crypto';
import { type Frame, type HeartBeat, negotiateHeartBeat, type StompVersion } from '@treadle/stomp';
import { type Awaitable, isPromise, rethrow, whenDone } from '../foundation/awaitable.js';
import type { Timer } from '../foundation/clock.js';
import { type ErrorCode, MessageRejectedError } from '../foundation/errors.js';
import type { Message } from '../messaging/message.js';
import { NativeHeaders } from '../messaging/native-headers.js';
import type { Principal, SessionContext } from '../messaging/session-context.js';
import type { EndReason } from '../messaging/session-control.js';
import type { SubscriptionTicket } from '../messaging/subscription-ticket.js';
import {
  CLOSE_CODES,
  type CloseCode,
  type Connection,
  type ConnectionFault,
  type ConnectionListener,
  type Handshake,
} from '../transport/connection.js';
import { ClientFrames } from './client-frames.js';
import { ConnectionEnd } from './connection-end.js';
import { connectedHeaders, heartBeatFor, readConnect } from './connect-negotiation.js';
import { announceDisconnect } from './disconnect-announcement.js';
import { FrameAnswers } from './frame-answers.js';
import { frameToMessage } from './frame-mapping.js';
import { HeartBeats } from '../transport/heart-beats.js';
import { InboundFrames } from './inbound-frames.js';
import { mustFollow } from './mandatory-order.js';
import { ServerUnsubscribes } from './server-unsubscribes.js';
import type { SessionEnvironment, SessionOwner } from './session-environment.js';
import { SessionConnectedEvent, SessionDisconnectEvent, type SessionEvent } from '../events/session-events.js';
import { disconnectionFor } from './session-failure.js';
import { SessionFarewell } from './session-farewell.js';
import { SessionOutput } from './session-output.js';
import { endedSubscriptionSignal, SessionSignals } from './session-signals.js';
import { SessionSubscriptions, subscriptionIdOf } from './session-subscriptions.js';
import type { SessionTurn } from './session-turn.js';

/**
 * opening: no frame yet → connecting: CONNECT is on its way through the channel → connected → ended.
 * `ended` begins with DISCONNECT, with an ERROR frame or with the loss of the connection; nothing is handled after it.
 */
type SessionState = 'opening' | 'connecting' | 'connected' | 'ended';

/**
 * One client's STOMP conversation: its frames, strictly in order, become messages on the inbound channel; what the channel says
 * becomes CONNECTED, RECEIPT or ERROR; what the outbound channel brings becomes MESSAGE.
 */
export class StompSession implements SessionContext, ConnectionListener {
  readonly id = randomUUID();
  user: Principal | undefined;
  readonly attributes: Map<string, unknown>;
  readonly #connection: Connection;
  readonly #environment: SessionEnvironment;
  readonly #owner: SessionOwner;
  readonly #inbound: InboundFrames;
  readonly #heartBeats: HeartBeats;
  readonly #output: SessionOutput;
  readonly #subscriptions: SessionSubscriptions;
  readonly #signals = new SessionSignals(this.id);
  readonly #frames: ClientFrames;
  readonly #answers: FrameAnswers;
  readonly #farewell: SessionFarewell;
  readonly #connectionEnd: ConnectionEnd;
  /** Until it is connected. */
  #connectTimer: Timer | undefined;
  readonly #openedAt: number;
  /** Made for the first one: few sessions have any. */
  #serverUnsubscribes: ServerUnsubscribes | undefined;
  /** Settles when everybody has taken in the end of the session. */
  #endAnnounced: Awaitable<unknown> = undefined;
  #state: SessionState = 'opening';

  constructor(connection: Connection, environment: SessionEnvironment, owner: SessionOwner) {
    const { limits, clock } = environment;
    this.attributes = new Map(connection.handshake.attributes);
    this.#connection = connection;
    this.#environment = environment;
    this.#output = new SessionOutput(connection, environment);
    this.#owner = owner;
    this.#openedAt = clock.wallTime();
    this.#subscriptions = new SessionSubscriptions(limits.subscriptions);
    this.#inbound = this.#readFrames();
    this.#frames = new ClientFrames({
      session: this,
      environment,
      subscriptions: this.#subscriptions,
      signals: this.#signals,
      publish: (event) => this.#publish(event),
    });
    this.#answers = new FrameAnswers({
      session: this,
      environment,
      output: this.#output,
      subscriptions: this.#subscriptions,
      takeBack: (frame) => this.#frames.takeBack(frame),
      hasEnded: () => this.#state === 'ended',
      close: (code, reason) => this.close(code, reason),
    });
    this.#farewell = new SessionFarewell({ session: this, queue: this.#inbound, environment });
    this.#connectionEnd = new ConnectionEnd({
      connection,
      environment,
      inbound: this.#inbound,
      answers: this.#answers,
      farewell: this.#farewell,
      end: (code, reason) => void this.#end(code, reason),
    });
    this.#heartBeats = new HeartBeats(clock, {
      beat: () => this.#output.heartBeat(),
      lost: () => this.fail('HEART_BEAT_LOST', 'the client was silent for too long'),
      isDeaf: () => this.#inbound.isPaused,
    });
    this.#connectTimer = clock.setTimeout(
      () => this.fail('CONNECT_TIME_EXCEEDED', `not connected within ${limits.connectTimeMs} ms`),
      limits.connectTimeMs,
    );
  }

  get handshake(): Handshake {
    return this.#connection.handshake;
  }

  get connectedAt(): Date {
    return new Date(this.#openedAt);
  }

  get version(): StompVersion {
    return this.#output.version;
  }

  get transport(): string {
    return this.#connection.transport;
  }

  /** Whether its client is not read for the moment, as enough of its frames wait. */
  get isPaused(): boolean {
    return this.#inbound.isPaused;
  }

  get isCongested(): boolean {
    return this.#connection.whenWritable() !== undefined;
  }

  get isReachable(): boolean {
    return this.#state === 'connected' && !this.#signals.hasEnded && this.#connection.isOpen;
  }

  whenWritable(): Promise<void> | undefined {
    return this.#connection.whenWritable();
  }

  get signal(): AbortSignal {
    return this.#signals.session;
  }

  onEnd(callback: () => unknown): () => void {
    return this.#farewell.onEnd(callback);
  }

  subscriptionSignal(subscriptionId: string): AbortSignal {
    const isKnown = this.#subscriptions.get(subscriptionId) !== undefined;
    return isKnown ? this.#signals.ofSubscription(subscriptionId) : endedSubscriptionSignal(subscriptionId);
  }

  /** Starts to read. */
  open(): void {
    this.#connection.open(this);
  }

  /** Whether it is one of this owner's. */
  isOf(owner: SessionOwner): boolean {
    return this.#owner === owner;
  }

  /** Writes the MESSAGE frame of a delivery; drops it when its subscription or the session has ended. */
  deliver(message: Message): void {
    const subscription = this.#subscriptions.get(message.subscriptionId ?? '');
    if (!subscription || subscription.isOver || this.#state !== 'connected') return;
    // Of an earlier subscription of the same id, held up by an interceptor.
    if (message.ticket && message.ticket !== subscription.ticket) return;
    this.#heartBeats.spoke();
    this.#output.message(subscription, message);
    message.published.flow?.add(this.#connection.whenWritable());
  }

  /** Ends the session with an ERROR frame of this code. */
  fail(code: ErrorCode, detail: string): void {
    this.#answers.fail(new MessageRejectedError(detail, { code }), undefined);
  }

  async disconnect(reason: EndReason): Promise<void> {
    this.#answers.fail(disconnectionFor(reason), undefined);
    await this.#endAnnounced;
  }

  unsubscribe(subscriptionId: string, reason: EndReason, ticket?: SubscriptionTicket): boolean {
    if (this.#state !== 'connected') return false;
    this.#serverUnsubscribes ??= new ServerUnsubscribes({
      session: this,
      environment: this.#environment,
      subscriptions: this.#subscriptions,
      signals: this.#signals,
      add: (frame) => this.#inbound.add(frame),
      publish: (event) => this.#publish(event),
    });
    return this.#serverUnsubscribes.begin(subscriptionId, reason, ticket);
  }

  /** Takes no more frames; resolves when those that came are handled. */
  drain(): Promise<void> {
    this.#inbound.stop();
    return new Promise((resolve) => this.#inbound.whenIdle(resolve));
  }

  /** Ends the session: what is queued is written, then the connection closes. */
  close(code: CloseCode, reason: string): void {
    void this.#end(code, reason);
    this.#connection.close(code, reason);
  }

  onOctets(chunk: Uint8Array): void {
    if (this.#state === 'ended') return;
    this.#heartBeats.heard();
    this.#inbound.take(chunk);
  }

  onOverflow(detail: string): void {
    if (this.#state === 'ended') this.#connection.terminate();
    else this.#connectionEnd.onOverflow(detail);
  }

  onFault(fault: ConnectionFault): void {
    if (this.#state !== 'ended') this.#connectionEnd.onFault(fault);
  }

  onClose(code: number, reason: string): void {
    if (this.#state === 'ended') return;
    this.#heartBeats.stop();
    this.#signals.end(); // handlers that wait for it must not be waited for
    this.#connectionEnd.onClose(code, reason);
  }

  #readFrames(): InboundFrames {
    const { limits, clock, counters } = this.#environment;
    return new InboundFrames({
      connection: this.#connection,
      clock,
      limits,
      work: {
        perform: (frame, turn) => this.#perform(frame, turn),
        done: (frame) => this.#acknowledge(frame),
        failed: (frame, error) => this.#answers.fail(error, frame),
        mustFollow,
      },
      onFrame: (frame) => {
        counters.frames[frame.command] += 1;
        if (frame.command === 'UNSUBSCRIBE') this.#signals.unsubscribeCame(subscriptionIdOf(frame));
      },
      onBroken: (error) => this.#answers.fail(error, undefined),
    });
  }

  /** Settles when the frame has taken effect. */
  #perform(frame: Frame, turn: SessionTurn): Awaitable<void> {
    if (this.#state === 'opening') return this.#connect(frame);
    if (frame.command === 'DISCONNECT') {
      return whenDone(this.#end(CLOSE_CODES.normal, 'DISCONNECT', new NativeHeaders(frame.headers)), rethrow);
    }
    if (this.#serverUnsubscribes?.has(frame)) return this.#serverUnsubscribes.perform(frame);
    return this.#frames.perform(frame, turn, this.#output.version);
  }

  #connect(frame: Frame): Awaitable<void> {
    const { version, heartBeat } = readConnect(frame);
    this.#output.version = version;
    // Frames may follow in the same octets: from now on, not when CONNECT is accepted.
    this.#inbound.negotiated(version);
    this.#state = 'connecting';
    return whenDone(this.#environment.inbound.send(frameToMessage('CONNECT', frame, this)), () =>
      this.#connected(heartBeat),
    );
  }

  #connected(peer: HeartBeat): void {
    if (this.#state !== 'connecting') return; // the time for CONNECT ran out meanwhile
    this.#state = 'connected';
    this.#connectTimer?.cancel();
    this.#connectTimer = undefined;
    const { heartBeat, events } = this.#environment;
    this.#output.connected(connectedHeaders(this, this.#output.version, heartBeatFor(peer, heartBeat)));
    const { sendEvery, expectEvery } = negotiateHeartBeat(heartBeat, peer);
    this.#heartBeats.start(sendEvery, expectEvery);
    void events.publish(new SessionConnectedEvent(this));
  }

  /** `SessionDisconnectEvent` is the last event of a session, whatever is still in progress. Frames do not wait for listeners. */
  #publish(event: SessionEvent): void {
    if (this.#state !== 'ended') void this.#environment.events.publish(event);
  }

  /** The frame took effect: RECEIPT if it asked for one; a DISCONNECT closes the connection now. */
  #acknowledge(frame: Frame): void {
    if (this.#state === 'ended' && frame.command !== 'DISCONNECT') return;
    if (this.#answers.receipt(frame)) this.#heartBeats.spoke();
    if (frame.command === 'DISCONNECT') this.#connection.close(CLOSE_CODES.normal, 'DISCONNECT');
  }

  /**
   * Forgets everything about the session, here and behind the channel, exactly once. Resolves when DISCONNECT was handled; listeners of its
   * event are not waited for. What it kept is released behind them, and behind handlers in progress, but they do not hold it for ever. Never rejects.
   * @returns as `announceDisconnect`
   */
  #end(code: number, reason: string, disconnectHeaders = NativeHeaders.EMPTY): Awaitable<Error | undefined> {
    if (this.#state === 'ended') return undefined;
    const wasConnected = this.#state === 'connected';
    const wasKnown = this.#state !== 'opening';
    this.#state = 'ended';
    this.#inbound.clear();
    this.#signals.end();
    this.#heartBeats.stop();
    this.#connectTimer?.cancel();
    this.#connectionEnd.cancel();
    this.#owner.onEnd(this.id);
    if (!wasKnown) return undefined;
    this.#frames.endTransactions(); // before others forget the session, and what it was to acknowledge
    const announced = announceDisconnect(this, disconnectHeaders, this.#environment);
    this.#endAnnounced = announced;
    const told = whenDone(announced, () =>
      wasConnected ? this.#environment.events.publish(new SessionDisconnectEvent(this, code, reason)) : undefined,
    );
    const farewell = this.#farewell.say(told);
    if (isPromise(farewell)) this.#owner.onFarewell(farewell, () => this.#farewell.cutShort());
    return announced;
  }
}
