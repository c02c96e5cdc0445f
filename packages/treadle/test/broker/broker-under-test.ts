import { SimpleBroker } from '../../src/broker/simple/simple-broker.js';
import type { SimpleBrokerOptions } from '../../src/broker/simple/simple-broker-options.js';
import { isPromise } from '../../src/foundation/awaitable.js';
import { systemClock } from '../../src/foundation/clock.js';
import { type ErrorCode, TreadleError } from '../../src/foundation/errors.js';
import type { LogDetails, Logger } from '../../src/foundation/logger.js';
import type { ChannelInterceptor } from '../../src/messaging/channel-interceptor.js';
import { Message, type MessageInit, NO_PAYLOAD } from '../../src/messaging/message.js';
import { MessageChannel } from '../../src/messaging/message-channel.js';
import type { MessageHandler } from '../../src/messaging/message-handler.js';
import { type HeaderRecord, NativeHeaders } from '../../src/messaging/native-headers.js';
import type { SessionContext } from '../../src/messaging/session-context.js';
import { NO_CONTROL } from '../no-control.js';

/** A session that notes with which codes it was ended. */
export interface SessionUnderTest extends SessionContext {
  readonly failures: ErrorCode[];
}

/** A session without a connection. */
export function createSession(id: string, userName?: string): SessionUnderTest {
  const failures: SessionUnderTest['failures'] = [];
  return {
    ...NO_CONTROL,
    disconnect: async () => void failures.push('DISCONNECTED_BY_SERVER'),
    failures,
    fail: (code) => failures.push(code),
    isReachable: true,
    whenWritable: () => undefined,
    id,
    user: userName === undefined ? undefined : { name: userName },
    attributes: new Map(),
    handshake: { url: '/ws', headers: {}, remoteAddress: undefined },
    onEnd: () => () => undefined,
    signal: new AbortController().signal,
    subscriptionSignal: () => new AbortController().signal,
  };
}

/** A message without payload unless one is given; headers as a plain object. */
export function createMessage(
  type: Message['type'],
  init: Partial<Omit<MessageInit<Uint8Array>, 'headers'>> & { readonly headers?: HeaderRecord } = {},
): Message {
  return new Message({ payload: NO_PAYLOAD, ...init, type, headers: NativeHeaders.of(init.headers) });
}

export function connect(session: SessionContext): Message {
  return createMessage('CONNECT', { session });
}

export function subscribe(session: SessionContext, subscriptionId: string, destination: string): Message {
  return createMessage('SUBSCRIBE', { session, subscriptionId, destination });
}

export function unsubscribe(session: SessionContext, subscriptionId: string): Message {
  return createMessage('UNSUBSCRIBE', { session, subscriptionId });
}

export function disconnect(session: SessionContext): Message {
  return createMessage('DISCONNECT', { session });
}

export function publish(destination: string, text = ''): Message {
  return createMessage('MESSAGE', { destination, payload: new TextEncoder().encode(text) });
}

export function textOf(message: Message): string {
  return new TextDecoder().decode(message.payload);
}

/** Hands a message to a handler that must be done at once. */
export function handle(handler: MessageHandler, message: Message): void {
  const result = handler.handleMessage(message);
  if (isPromise(result)) throw new Error(`${message.type} took more than a moment`);
}

/** The code of what `action` throws. */
export function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof TreadleError) return error.code;
    throw error;
  }
  return undefined;
}

/** Keeps what it is given. */
export class RecordingHandler implements MessageHandler {
  readonly messages: Message[] = [];

  /** `session/subscription text` of each. */
  get summary(): string[] {
    return this.messages.map((message) => `${message.sessionId}/${message.subscriptionId} ${textOf(message)}`.trim());
  }

  handleMessage(message: Message): void {
    this.messages.push(message);
  }
}

/** Keeps log lines by level. */
export class RecordingLogger implements Logger {
  readonly lines: { level: keyof Logger; message: string; details: LogDetails | undefined }[] = [];

  debug(message: string, details?: LogDetails): void {
    this.lines.push({ level: 'debug', message, details });
  }

  info(message: string, details?: LogDetails): void {
    this.lines.push({ level: 'info', message, details });
  }

  warn(message: string, details?: LogDetails): void {
    this.lines.push({ level: 'warn', message, details });
  }

  error(message: string, details?: LogDetails): void {
    this.lines.push({ level: 'error', message, details });
  }
}

/** What surrounds a broker in a test. */
export interface BrokerUnderTest {
  readonly broker: SimpleBroker;
  readonly clientOutboundChannel: MessageChannel;
  readonly deliveries: RecordingHandler;
  readonly logger: RecordingLogger;
  /** What it reported. */
  readonly availability: readonly boolean[];
}

/** A broker whose deliveries are recorded; not started yet. */
export function createBroker(
  options: SimpleBrokerOptions = {},
  interceptors: readonly ChannelInterceptor[] = [],
  sendBufferOctets = 512 * 1024,
): BrokerUnderTest {
  const logger = new RecordingLogger();
  const clientOutboundChannel = new MessageChannel('clientOutboundChannel', interceptors, logger);
  const deliveries = new RecordingHandler();
  clientOutboundChannel.subscribe(deliveries);
  const limits = { sendBufferOctets, frameBodyOctets: 64 * 1024 };
  const availability: boolean[] = [];
  const reportAvailability = (isAvailable: boolean): void => void availability.push(isAvailable);
  const context = {
    clientOutboundChannel,
    logger,
    clock: systemClock,
    destinationSeparator: '/' as const,
    userDestinationPrefix: '/user',
    limits,
    reportAvailability,
    isLocal: () => false,
    tell: () => undefined,
    note: () => undefined,
  };
  const broker = new SimpleBroker(context, options);
  return { broker, clientOutboundChannel, deliveries, logger, availability };
}

/** As `createBroker`, started. */
export function startBroker(
  options: SimpleBrokerOptions = {},
  interceptors: readonly ChannelInterceptor[] = [],
  sendBufferOctets?: number,
): BrokerUnderTest {
  const underTest = createBroker(options, interceptors, sendBufferOctets);
  underTest.broker.start();
  return underTest;
}
