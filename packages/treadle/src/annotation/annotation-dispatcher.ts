import { type Awaitable, isPromise, whenSettled } from '../foundation/awaitable.js';
import { isError } from '../foundation/error-text.js';
import { MessageRejectedError, TreadleError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import type { Message } from '../messaging/message.js';
import type { MessageHandler } from '../messaging/message-handler.js';
import type { SimpMessagingTemplate } from '../messaging/messaging-template.js';
import { ErrorPolicy } from './failures/error-policy.js';
import type { MappingMatch } from './handler-declaration.js';
import type { ControllerDefinition, MappedType, Mapping } from './mapping/controller-scan.js';
import type { MappingRegistry } from './mapping/mapping-registry.js';
import type { ControllerClass } from './metadata.js';

/** What the dispatcher works with; the application fills it. */
export interface AnnotationDispatcherOptions {
  readonly registry: MappingRegistry;
  /** Application destination prefixes, with or without a slash at the end; `/` or an empty one stands for every destination. */
  readonly prefixes: readonly string[];
  readonly template: SimpMessagingTemplate;
  readonly logger: Logger;
  /** Gives the instance of a controller class; called once per class by the constructor. */
  readonly resolve: (controller: ControllerClass) => object;
  /** Whether the broker or a user destination takes a destination, so that no mapping for it is no mistake. */
  readonly isHandledElsewhere: (destination: string) => boolean;
}

/** Destinations whose match is remembered, per message type; beyond them it begins anew. */
const CACHED_DESTINATIONS = 1024;

/** The frames that messages come from. */
const FRAMES: Readonly<Record<MappedType, string>> = { MESSAGE: 'SEND', SUBSCRIBE: 'SUBSCRIBE' };

/**
 * Calls the controllers (Spring: `SimpAnnotationMethodMessageHandler`). Subscribe it to `clientInboundChannel`: it takes MESSAGE and SUBSCRIBE
 * to destinations with an application prefix. Settles when the handler is done and its result is accepted where it goes.
 *
 * Failures go to the controller's exception handlers, then to the `ErrorPolicy`.
 */
export class AnnotationDispatcher implements MessageHandler {
  readonly #registry: MappingRegistry;
  readonly #prefixes: readonly string[];
  readonly #isHandledElsewhere: (destination: string) => boolean;
  readonly #errorPolicy: ErrorPolicy;
  readonly #instances: ReadonlyMap<ControllerDefinition, object>;
  readonly #matches: Readonly<Record<MappedType, Map<string, ControllerMatch>>> = {
    MESSAGE: new Map(),
    SUBSCRIBE: new Map(),
  };

  constructor(options: AnnotationDispatcherOptions) {
    this.#registry = options.registry;
    // The longest first, so that `/app/v2` is not taken for `/app` and a destination `/v2/…`.
    this.#prefixes = options.prefixes.map(withoutSlashAtEnd).toSorted((first, second) => second.length - first.length);
    this.#isHandledElsewhere = options.isHandledElsewhere;
    this.#errorPolicy = new ErrorPolicy(options);
    const misplaced = options.registry.mappings.flatMap((mapping) => this.#prefixWarning(mapping) ?? []);
    for (const warning of [...options.registry.warnings, ...new Set(misplaced)]) options.logger.warn(warning);
    this.#instances = new Map(
      options.registry.controllers.map((controller) => [controller, options.resolve(controller.type)] as const),
    );
  }

  /**
   * @throws MessageHandlingError when the message failed and no exception handler took it
   * @throws MessageRejectedError `DESTINATION_UNKNOWN` for a SUBSCRIBE that nobody takes; both at once or as rejection
   */
  handleMessage(message: Message): Awaitable<void> {
    const { type, destination } = message;
    if ((type !== 'MESSAGE' && type !== 'SUBSCRIBE') || destination === undefined) return;
    let match = this.#matches[type].get(destination);
    try {
      match ??= this.#find(type, destination);
      if (!match) return this.#refuse(type, destination);
      const handled = match.mapping.handler.handle({ instance: match.instance, message, match });
      return isPromise(handled) ? handled.catch((error: unknown) => this.#recover(error, message, match)) : undefined;
    } catch (error) {
      return this.#recover(error, message, match);
    }
  }

  /** Of a pattern that repeats an application prefix: it answers below that prefix, not at it. */
  #prefixWarning({ handler, pattern }: Mapping): string | undefined {
    const prefix = this.#prefixes.find((each) => each !== '' && pattern.text.startsWith(`${each}/`));
    if (prefix === undefined) return undefined;
    const cure = `leave '${prefix}' away: '${pattern.text.slice(prefix.length)}'`;
    return `${handler.name}: the pattern '${pattern.text}' begins with the application prefix, so it answers '${prefix}${pattern.text}': ${cure}`;
  }

  #find(type: MappedType, destination: string): ControllerMatch | undefined {
    const prefix = this.#prefixOf(destination);
    if (prefix === undefined) return undefined;
    const lookupDestination = destination.slice(prefix.length);
    const found = this.#registry.find(type, lookupDestination);
    const instance = found && this.#instances.get(found.mapping.controller);
    if (!instance) return undefined;
    const match = { ...found, instance, lookupDestination };
    remember(this.#matches[type], destination, match);
    return match;
  }

  #prefixOf(destination: string): string | undefined {
    return this.#prefixes.find((each) => destination.startsWith(`${each}/`));
  }

  #refuse(type: MappedType, destination: string): void {
    if (this.#isHandledElsewhere(destination)) return;
    throw new MessageRejectedError(
      `nobody handles ${FRAMES[type]} to '${destination}': ${this.#whyUnknown(type, destination)}`,
      { code: 'DESTINATION_UNKNOWN' },
    );
  }

  #whyUnknown(type: MappedType, destination: string): string {
    const prefix = this.#prefixOf(destination);
    if (prefix !== undefined) return `no pattern matches '${destination.slice(prefix.length)}'`;
    const [anyPrefix] = this.#prefixes;
    if (anyPrefix === undefined) return 'there is no application prefix';
    const meant = this.#registry.findAny(type, destination);
    if (meant) return `a mapping '${meant.pattern.text}' exists: ${FRAMES[type]} to '${anyPrefix}${destination}'`;
    return `controllers answer below ${this.#prefixes.join(', ')}`;
  }

  #recover(thrown: unknown, message: Message, match: ControllerMatch | undefined): Awaitable<void> {
    // The session answers a refused SUBSCRIBE itself: the client waits for that subscription and nothing else.
    if (!match && message.type === 'SUBSCRIBE') throw thrown;
    if (!match) return this.#errorPolicy.apply(thrown, { message, handler: undefined });
    const { handler, controller } = match.mapping;
    const error = asError(thrown, handler.name);
    const found = controller.exceptionHandlers.find(error);
    if (!found) return this.#errorPolicy.apply(error, { message, handler: handler.name });
    return whenSettled(
      () => found.handler.handle({ instance: match.instance, message, match, error: found.error }),
      (failure) => {
        if (failure === undefined) return;
        return this.#errorPolicy.apply(failure, { message, handler: found.handler.name, whileHandling: error });
      },
    );
  }
}

/** What a destination matched, with everything a call needs. */
interface ControllerMatch extends MappingMatch {
  readonly mapping: Mapping;
  readonly instance: object;
}

function withoutSlashAtEnd(prefix: string): string {
  return prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
}

function remember(matches: Map<string, ControllerMatch>, destination: string, match: ControllerMatch): void {
  // Clients choose destinations, so the map must not grow with them. Finding one again costs little.
  if (matches.size >= CACHED_DESTINATIONS) matches.clear();
  matches.set(destination, match);
}

function asError(thrown: unknown, handler: string): Error {
  if (isError(thrown)) return thrown;
  return new TreadleError('HANDLER_FAILED', `${handler} threw something that is no Error`, { cause: thrown });
}
