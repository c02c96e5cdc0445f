import { AnnotationDispatcher, type AnnotationDispatcherOptions } from '../../src/annotation/annotation-dispatcher';
import { HandlerCalls } from '../../src/annotation/concurrency/handler-calls';
import { ErrorPolicy } from '../../src/annotation/failures/error-policy';
import {
  type ArgumentResolverOptions,
  createArgumentResolvers,
} from '../../src/annotation/arguments/argument-resolvers';
import type { HandlerSeams } from '../../src/annotation/handler-compiler';
import { checkRepeatedPrefixes } from '../../src/annotation/mapping/repeated-prefixes';
import { MappingRegistry } from '../../src/annotation/mapping/mapping-registry';
import type { ControllerClass } from '../../src/annotation/metadata';
import { ReturnValueHandlers } from '../../src/annotation/results/return-value-handlers';
import type { ReturnValueHandlersOptions } from '../../src/annotation/results/return-value-handlers';
import { RunningStreams } from '../../src/annotation/results/running-streams';
import type { Awaitable } from '../../src/foundation/awaitable';
import { systemClock } from '../../src/foundation/clock';
import { findingText } from '../../src/foundation/finding';
import { Findings } from '../../src/foundation/findings';
import { Placeholders } from '../../src/foundation/placeholders';
import type { LogDetails, Logger } from '../../src/foundation/logger';
import { CompositeMessageConverter } from '../../src/messaging/converters';
import { Message, type MessageType } from '../../src/messaging/message';
import { MessageChannel } from '../../src/messaging/message-channel';
import type { MessageHandler } from '../../src/messaging/message-handler';
import { SimpMessagingTemplate } from '../../src/messaging/messaging-template';
import { type HeaderRecord, NativeHeaders } from '../../src/messaging/native-headers';
import type { SessionContext } from '../../src/messaging/session-context';
import { DEFAULTS } from '../../src/options';
import { NO_CONTROL } from '../no-control';

/** Remembers what a channel carried. */
export class RecordingHandler implements MessageHandler {
  readonly messages: Message[] = [];

  handleMessage(message: Message): void {
    this.messages.push(message);
  }

  /** Destination and text of each message. */
  get sent(): [destination: string | undefined, text: string][] {
    return this.messages.map(({ destination, payload }) => [destination, Buffer.from(payload).toString()]);
  }
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly details: LogDetails;
}

/** Remembers what was logged. */
export class RecordingLogger implements Logger {
  readonly lines: LogLine[] = [];
  readonly debug = this.#at('debug');
  readonly info = this.#at('info');
  readonly warn = this.#at('warn');
  readonly error = this.#at('error');

  #at(level: LogLine['level']) {
    return (message: string, details: LogDetails = {}): void => {
      this.lines.push({ level, message, details });
    };
  }
}

type FixtureOptions = Partial<AnnotationDispatcherOptions> &
  Omit<ArgumentResolverOptions, 'converter'> &
  Pick<ReturnValueHandlersOptions, 'own' | 'replyHeaders'> &
  Partial<Pick<HandlerSeams, 'separator' | 'placeholders' | 'handlerInterceptors'>>;

/** The dispatcher on real channels, with the broker's and the clients' ends recorded. */
export class Fixture {
  readonly inbound = new MessageChannel('clientInboundChannel');
  readonly brokerChannel = new MessageChannel('brokerChannel');
  readonly outbound = new MessageChannel('clientOutboundChannel');
  readonly broker = new RecordingHandler();
  readonly clients = new RecordingHandler();
  readonly logger = new RecordingLogger();
  readonly streams = new RunningStreams({ clock: systemClock, logger: this.logger, limits: DEFAULTS.limits });
  readonly instances = new Map<ControllerClass, object>();

  constructor(controllers: readonly ControllerClass[], options: FixtureOptions = {}) {
    const converter = new CompositeMessageConverter();
    const template = new SimpMessagingTemplate({ channel: this.brokerChannel, converter, logger: this.logger });
    const findings = new Findings();
    const seams: HandlerSeams = {
      separator: options.separator ?? '/',
      placeholders: options.placeholders ?? new Placeholders(),
      handlerLimits: { concurrency: false, timeMs: Infinity },
      handlerInterceptors: options.handlerInterceptors ?? [],
      argumentResolvers: createArgumentResolvers({ converter, ...options }),
      returnValueHandlers: new ReturnValueHandlers({
        template,
        converter,
        clientOutboundChannel: this.outbound,
        streams: this.streams,
        isServed: (destination) => /^\/(topic|queue)\//.test(destination),
        own: options.own ?? [],
        replyHeaders: options.replyHeaders,
      }),
    };
    const { prefixes = ['/app'] } = options;
    const registry = new MappingRegistry(controllers, seams, findings);
    checkRepeatedPrefixes(registry, prefixes, findings);
    findings.throwErrors();
    for (const warning of findings.warnings) this.logger.warn(findingText(warning));
    const dispatcher = new AnnotationDispatcher({
      registry,
      prefixes,
      errorPolicy: new ErrorPolicy({ template, logger: this.logger }),
      logger: this.logger,
      calls: new HandlerCalls({ limits: DEFAULTS.limits, clock: systemClock, logger: this.logger }),
      resolve: (type) => this.#construct(type),
      isHandledElsewhere: (destination) => /^\/(topic|queue|user)\//.test(destination),
      ...options,
    });
    this.inbound.subscribe(dispatcher);
    this.brokerChannel.subscribe(this.broker);
    this.outbound.subscribe(this.clients);
  }

  #construct(type: ControllerClass): object {
    const instance = new type();
    this.instances.set(type, instance);
    return instance;
  }

  /** Sends as a client's SEND: text as it is, octets as they are, anything else as JSON. */
  send(destination: string, body: unknown = '', given: Given = {}): Awaitable<void> {
    return this.inbound.send(messageOf('MESSAGE', destination, body, given));
  }

  subscribe(destination: string, given: Given = {}): Awaitable<void> {
    return this.inbound.send(messageOf('SUBSCRIBE', destination, '', { subscriptionId: 'sub-0', ...given }));
  }
}

export interface Given {
  readonly headers?: HeaderRecord;
  readonly session?: SessionContext | undefined;
  readonly subscriptionId?: string;
}

export function messageOf(type: MessageType, destination: string, body: unknown, given: Given): Message {
  const { headers, session = sessionOf('s1', 'alice'), subscriptionId } = given;
  return new Message({
    type,
    destination,
    payload: octetsOf(body),
    headers: NativeHeaders.of(headers),
    session: 'session' in given ? given.session : session,
    subscriptionId,
  });
}

export function octetsOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** A session; without a user name an anonymous one. */
export function sessionOf(id: string, user?: string): SessionContext {
  return {
    ...NO_CONTROL,
    id,
    user: user === undefined ? undefined : { name: user },
    attributes: new Map(),
    handshake: { url: '/ws', headers: {}, remoteAddress: '127.0.0.1' },
    onEnd: () => () => undefined,
    signal: new AbortController().signal,
    subscriptionSignal: () => new AbortController().signal,
    isReachable: true,
    whenWritable: () => undefined,
    fail() {},
  };
}

/** What a synchronous or asynchronous action failed with; fails when it did not. */
export async function failureOf(action: () => unknown): Promise<Error & { code?: string }> {
  try {
    await action();
  } catch (error) {
    return error as Error & { code?: string }; // the tests throw nothing else
  }
  throw new Error('it did not fail');
}
