import { FrameDecoder } from '@treadle/stomp';
import { FakeClock } from '@treadle/testing';
import type { Awaitable } from '../../src/foundation/awaitable.js';
import { MessageHandlingError } from '../../src/foundation/errors.js';
import type { LogDetails, Logger } from '../../src/foundation/logger.js';
import type { ChannelInterceptor } from '../../src/messaging/channel-interceptor.js';
import { Message, type MessageInit } from '../../src/messaging/message.js';
import { MessageChannel } from '../../src/messaging/message-channel.js';
import type { EndedSubscription } from '../../src/messaging/session-control.js';
import { DEFAULTS, type HeartBeatOptions, type LimitOptions } from '../../src/options.js';
import { MessageEncoder } from '../../src/session/frame-mapping.js';
import { ApplicationEvents } from '../../src/events/application-events.js';
import { SessionEventPublisher } from '../../src/events/session-event-publisher.js';
import { SessionConnectEvent, SessionEvent, SessionSubscribeEvent } from '../../src/events/session-events.js';
import { SessionRegistry } from '../../src/session/session-registry.js';
import { MemoryConnection } from '../../src/transport/memory.js';

/** What a client received: first of repeated headers wins. */
export interface RawFrame {
  readonly command: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A line the code under test logged. */
export interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly details: LogDetails | undefined;
}

/** Sessions with a recording handler behind the inbound channel, in memory and on a clock that stands still. */
export class SessionFixture {
  readonly clock = new FakeClock();
  readonly log: LogLine[] = [];
  /** Messages that reached the handler, in order. */
  readonly received: Message[] = [];
  /** Published events of what took effect, in order. */
  readonly events: SessionEvent[] = [];
  /** These, and what was told before anything came of a frame. */
  readonly allEvents: SessionEvent[] = [];
  readonly inbound: MessageChannel;
  readonly registry: SessionRegistry;
  readonly applicationEvents: ApplicationEvents;
  readonly limits: LimitOptions;
  /** Messages that were refused without the end of their session. */
  readonly refused: [type: Message['type'], destination: string | undefined, error: Error][] = [];
  /** Subscriptions that the server ended. */
  readonly unsubscribed: EndedSubscription[] = [];
  /** How long it takes to tell of a refusal; `undefined`: no time. */
  telling: Promise<void> | undefined;
  /** Ids of sessions that were not waited for any more. */
  readonly abandoned: string[] = [];
  /** What handling does; by default nothing. */
  onMessage: (message: Message) => Awaitable<void> = () => undefined;

  constructor(
    options: {
      interceptors?: readonly ChannelInterceptor[];
      limits?: Partial<LimitOptions>;
      heartBeat?: Partial<HeartBeatOptions>;
    } = {},
  ) {
    const logger = this.#recordingLogger();
    this.limits = { ...DEFAULTS.limits, ...options.limits };
    this.inbound = new MessageChannel('clientInboundChannel', options.interceptors ?? [], logger);
    this.applicationEvents = this.#recordingEvents(logger);
    this.inbound.subscribe(new SessionEventPublisher(this.applicationEvents));
    this.inbound.subscribe({
      handleMessage: (message) => {
        this.received.push(message);
        return this.onMessage(message);
      },
    });
    this.registry = new SessionRegistry({
      inbound: this.inbound,
      tellRefusal: (error, message) => {
        this.refused.push([message.type, message.destination, error]);
        const told = new MessageHandlingError('MESSAGE_REJECTED', 'c-9', 'refused', { cause: error });
        if (!this.telling) throw told;
        return this.telling.then(() => Promise.reject(told));
      },
      tellUnsubscribed: (_session, ended) => void this.unsubscribed.push(ended),
      onAbandoned: (session) => this.abandoned.push(session.id),
      encoder: new MessageEncoder(),
      events: this.applicationEvents,
      logger,
      clock: this.clock,
      heartBeat: { ...DEFAULTS.heartBeat, ...options.heartBeat },
      limits: this.limits,
      maxSessions: this.limits.sessions,
    });
  }

  /** A connection whose client has said nothing yet. */
  open(): RawClient {
    return new RawClient(this);
  }

  /** A session that is connected, in this version. */
  async connect(headers = 'accept-version:1.2'): Promise<RawClient> {
    const client = this.open();
    client.type(`CONNECT\n${headers}${headers === '' ? '' : '\n'}host:test\n\n\0`);
    await settled();
    return client;
  }

  /** Delivers a message as the outbound channel does. */
  deliver(
    client: RawClient,
    subscriptionId: string,
    init: Partial<MessageInit<Uint8Array>> & { text?: string } = {},
  ): void {
    const { text = 'hi', ...further } = init;
    const payload = Buffer.from(text);
    const published = new Message({ type: 'MESSAGE', payload, destination: '/topic/a', id: 'm-1', ...further });
    this.registry.handleMessage(published.deliveredTo(this.sessionOf(client), subscriptionId));
  }

  /** The session of a connected client, as the messages know it. */
  sessionOf(client: RawClient): NonNullable<Message['session']> {
    const id = client.frame('CONNECTED')?.headers['session'];
    const session = this.received.find((message) => message.sessionId === id)?.session;
    if (!session) throw new Error('this client has no session yet');
    return session;
  }

  /** `TYPE body-or-destination` of every message that was handled, in order. */
  get handled(): string[] {
    return this.received.map(({ type, payload, destination }) =>
      [type, Buffer.from(payload).toString() || destination].filter(Boolean).join(' '),
    );
  }

  #recordingEvents(logger: Logger): ApplicationEvents {
    const events = new ApplicationEvents(logger);
    events.on(SessionEvent, (event) => {
      const isCounted = !(event instanceof SessionConnectEvent || event instanceof SessionSubscribeEvent);
      if (isCounted) this.events.push(event);
      this.allEvents.push(event);
    });
    return events;
  }

  #recordingLogger(): Logger {
    const record =
      (level: keyof Logger) =>
      (message: string, details?: LogDetails): void =>
        void this.log.push({ level, message, details });
    return { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') };
  }
}

/** A client that types its frames by hand. */
export class RawClient {
  /** Every frame that came, in order. */
  readonly frames: RawFrame[] = [];
  /** Lone line ends that came. */
  heartBeats = 0;
  /** How the connection ended. */
  end: { readonly code: number; readonly reason: string } | undefined;
  readonly peer: MemoryConnection['peer'];

  constructor(fixture: SessionFixture) {
    const decoder = new FrameDecoder({
      accepts: 'server',
      limits: { maxBodyOctets: Number.MAX_SAFE_INTEGER },
      onFrame: ({ command, headers, body }) => {
        if (command === 'CONNECTED' && headers[1] !== '1.2') decoder.version = headers[1] === '1.1' ? '1.1' : '1.0';
        this.frames.push({ command, headers: firstOfEach(headers), body: Buffer.from(body).toString() });
      },
      onHeartBeat: () => (this.heartBeats += 1),
    });
    const connection = new MemoryConnection({
      limits: fixture.limits,
      clock: fixture.clock,
      listener: {
        onOctets: (chunk) => decoder.decode(chunk),
        onClose: (code, reason) => (this.end = { code, reason }),
      },
    });
    this.peer = connection.peer;
    fixture.registry.accept(connection);
  }

  /** Sends text as it is. */
  type(text: string): void {
    this.peer.write(Buffer.from(text));
  }

  /** The commands that came, in order; RECEIPT with its id. */
  get commands(): string[] {
    return this.frames.map(({ command, headers }) =>
      command === 'RECEIPT' ? `RECEIPT ${headers['receipt-id']}` : command,
    );
  }

  /** The first frame of this command. */
  frame(command: string): RawFrame | undefined {
    return this.frames.find((frame) => frame.command === command);
  }

  /** The code of the ERROR frame. */
  get errorCode(): string | undefined {
    return this.frame('ERROR')?.headers['code'];
  }
}

/** Resolves when everything that is on its way in memory has arrived. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(() => setImmediate(resolve)));
  });
}

/** Resolves when the condition holds. @throws Error after many turns of the event loop without it */
export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; !condition(); turn += 1) {
    if (turn === 10_000) throw new Error(`this never came true: ${String(condition)}`);
    await settled();
  }
}

/** A promise to be settled by hand. */
export interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A handler in progress for as long as a test likes. */
export function deferred(): Deferred {
  let settle: Omit<Deferred, 'promise'> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, resolve: () => settle?.resolve(), reject: (error) => settle?.reject(error) };
}

function firstOfEach(headers: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) record[headers[index] ?? ''] ??= headers[index + 1] ?? '';
  return record;
}
