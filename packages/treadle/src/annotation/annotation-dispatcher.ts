import type { Awaitable } from '../foundation/awaitable.js';
import { isError } from '../foundation/error-text.js';
import { MessageRejectedError, TreadleError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import type { Message } from '../messaging/message.js';
import type { MessageHandler } from '../messaging/message-handler.js';
import { RecentDestinations } from '../messaging/recent-destinations.js';
import type { HandlerCalls } from './concurrency/handler-calls.js';
import type { ErrorPolicy } from './failures/error-policy.js';
import { ExceptionHandlerLookup } from './failures/exception-handler-lookup.js';
import { type CallRecovery, type InstanceSource, RunningCall } from './handler-call.js';
import type { MappingMatch } from './handler-declaration.js';
import { ApplicationPrefixes } from './mapping/application-prefixes.js';
import type { MappedType, Mapping } from './mapping/controller-scan.js';
import type { MappingRegistry } from './mapping/mapping-registry.js';
import type { ControllerClass } from './metadata.js';

/** What the dispatcher works with; the application fills it. */
export interface AnnotationDispatcherOptions {
  readonly registry: MappingRegistry;
  /** Application destination prefixes, as `ApplicationPrefixes` takes them. */
  readonly prefixes: readonly string[];
  /** Takes the failures that nobody handles. */
  readonly errorPolicy: ErrorPolicy;
  readonly logger: Logger;
  /** Calls handlers within their limits. */
  readonly calls: HandlerCalls;
  /** Gives the instance of a controller class; called once per class by the constructor. */
  readonly resolve: (controller: ControllerClass) => object;
  /** How to get the instance for each message, of a class that is scoped; `undefined` for another one (Spring resolves every bean per message). */
  readonly resolveScoped?: (controller: ControllerClass) => InstanceSource | undefined;
  /** Keeps what belongs to the message in progress, until the returned function is called: a stream goes on. */
  readonly hold?: (message: Message) => (() => void) | undefined;
  /** Whether the broker or a user destination takes a destination, so that no mapping for it is no mistake. */
  readonly isHandledElsewhere: (destination: string) => boolean;
}

/** Destinations whose match is remembered, per message type. */
const CACHED_DESTINATIONS = 1024;

/** The frames that messages come from. */
const FRAMES: Readonly<Record<MappedType, string>> = { MESSAGE: 'SEND', SUBSCRIBE: 'SUBSCRIBE' };

/**
 * Calls the controllers (Spring: `SimpAnnotationMethodMessageHandler`). Subscribe it to `clientInboundChannel`: it takes MESSAGE and SUBSCRIBE
 * to destinations with an application prefix. Settles when the handler is done and its result is accepted where it goes.
 *
 * Failures go to the controller's exception handlers, to those of the advices about it, then to the `ErrorPolicy`.
 */
export class AnnotationDispatcher implements MessageHandler {
  readonly #registry: MappingRegistry;
  readonly #prefixes: ApplicationPrefixes;
  readonly #isHandledElsewhere: (destination: string) => boolean;
  readonly #errorPolicy: ErrorPolicy;
  readonly #logger: Logger;
  readonly #calls: HandlerCalls;
  readonly #recovery: CallRecovery<ControllerMatch>;
  /** Of controllers and advices. */
  readonly #instances: ReadonlyMap<ControllerClass, InstanceSource>;
  readonly #exceptionHandlers: ExceptionHandlerLookup;
  readonly #matches: Readonly<Record<MappedType, RecentDestinations<ControllerMatch>>> = {
    MESSAGE: new RecentDestinations(CACHED_DESTINATIONS),
    SUBSCRIBE: new RecentDestinations(CACHED_DESTINATIONS),
  };

  constructor(options: AnnotationDispatcherOptions) {
    this.#registry = options.registry;
    this.#prefixes = new ApplicationPrefixes(options.prefixes, options.registry.separator);
    this.#isHandledElsewhere = options.isHandledElsewhere;
    this.#errorPolicy = options.errorPolicy;
    this.#logger = options.logger;
    this.#calls = options.calls;
    const { controllers, advices, mappings } = options.registry;
    this.#recovery = {
      recover: (thrown, call) => this.#recover(thrown, call),
      ...(options.hold && { hold: options.hold }),
    };
    this.#instances = new Map(
      [...controllers, ...advices].map(({ type }) => [type, instanceSource(type, options)] as const),
    );
    this.#exceptionHandlers = new ExceptionHandlerLookup(advices);
    const instancesOf = (type: ControllerClass) => options.resolveScoped?.(type) ?? options.resolve(type);
    for (const { handler } of mappings) handler.interceptors?.resolve(instancesOf);
  }

  /**
   * @throws MessageHandlingError when the message failed and no exception handler took it
   * @throws MessageRejectedError `DESTINATION_UNKNOWN` for a SUBSCRIBE that nobody takes; both at once or as rejection
   */
  handleMessage(message: Message): Awaitable<void> {
    const { type, destination } = message;
    if ((type !== 'MESSAGE' && type !== 'SUBSCRIBE') || destination === undefined) return;
    let match = this.#matches[type].get(destination);
    if (!match) {
      try {
        match = this.#find(type, destination);
        if (!match) return this.#refuse(type, destination);
      } catch (error) {
        return this.#failUnmatched(error, message);
      }
    }
    const { mapping, instanceFor } = match;
    const handlerName = mapping.handler.name;
    const call = new RunningCall({ handlerName, instanceFor, message, match, recovery: this.#recovery });
    return this.#calls.run(mapping.handler, call, this.#recovery);
  }

  #find(type: MappedType, destination: string): ControllerMatch | undefined {
    const lookupDestination = this.#prefixes.lookupDestination(destination);
    if (lookupDestination === undefined) return undefined;
    const found = this.#registry.find(type, lookupDestination);
    const instanceFor = found && this.#instances.get(found.mapping.controller.type);
    if (!instanceFor) return undefined;
    const match = { ...found, handler: found.mapping.handler.info, instanceFor, lookupDestination };
    this.#matches[type].remember(destination, match);
    return match;
  }

  #refuse(type: MappedType, destination: string): void {
    if (this.#isHandledElsewhere(destination)) return;
    throw new MessageRejectedError(
      `nobody handles ${FRAMES[type]} to '${destination}': ${this.#whyUnknown(type, destination)}`,
      { code: 'DESTINATION_UNKNOWN' },
    );
  }

  #whyUnknown(type: MappedType, destination: string): string {
    const lookupDestination = this.#prefixes.lookupDestination(destination);
    if (lookupDestination !== undefined) return `no pattern matches '${lookupDestination}'`;
    const { texts } = this.#prefixes;
    if (texts.length === 0) return 'there is no application prefix';
    const unprefixed = this.#prefixes.withoutBorder(destination);
    const meant = this.#registry.findAny(type, unprefixed);
    if (!meant) return `controllers answer below ${texts.join(', ')}`;
    const full = this.#prefixes.fullDestination(unprefixed);
    return `a mapping '${meant.pattern.text}' exists: ${FRAMES[type]} to '${full}'`;
  }

  #failUnmatched(thrown: unknown, message: Message): Awaitable<void> {
    // The session answers a refused SUBSCRIBE itself: the client waits for that subscription and nothing else.
    if (message.type === 'SUBSCRIBE') throw thrown;
    return this.#errorPolicy.apply(thrown, { message, handler: undefined });
  }

  /** What a call failed with, be it long after its frame was answered. */
  #recover(thrown: unknown, call: RunningCall<ControllerMatch>): Awaitable<void> {
    call.end();
    const { message, match, handlerName } = call;
    if (call.isAbortedBy(thrown)) {
      this.#logger.debug(`${handlerName} was aborted`, { error: thrown, sessionId: message.sessionId });
      return;
    }
    const error = asError(thrown, handlerName);
    if (call.error) return this.#errorPolicy.apply(error, { message, handler: handlerName, whileHandling: call.error });
    const found = this.#exceptionHandlers.find(match.mapping.controller, error);
    const instanceFor = found && this.#instances.get(found.type);
    if (!instanceFor) return this.#errorPolicy.apply(error, { message, handler: handlerName });
    const parts = { handlerName: found.handler.name, instanceFor, message, match, recovery: this.#recovery };
    return this.#calls.run(found.handler, new RunningCall({ ...parts, error: found.error }), this.#recovery);
  }
}

/** What a destination matched, with everything a call needs. */
interface ControllerMatch extends MappingMatch {
  readonly mapping: Mapping;
  readonly instanceFor: InstanceSource;
}

/** A class of which there is one instance is resolved here and now. */
function instanceSource(type: ControllerClass, options: AnnotationDispatcherOptions): InstanceSource {
  const scoped = options.resolveScoped?.(type);
  if (scoped) return scoped;
  const instance = options.resolve(type);
  return () => instance;
}

function asError(thrown: unknown, handler: string): Error {
  if (isError(thrown)) return thrown;
  return new TreadleError('HANDLER_FAILED', `${handler} threw something that is no Error`, { cause: thrown });
}
