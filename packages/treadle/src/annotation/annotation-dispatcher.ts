import { type Awaitable, isPromise, whenSettled } from '../foundation/awaitable.js';
import { MessageRejectedError, TreadleError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import type { Message } from '../messaging/message.js';
import type { MessageHandler } from '../messaging/message-handler.js';
import type { SimpMessagingTemplate } from '../messaging/messaging-template.js';
import { ErrorPolicy } from './error-policy.js';
import type { MappingMatch } from './handler-declaration.js';
import type { ControllerDefinition, MappedType, Mapping } from './controller-scan.js';
import type { MappingRegistry } from './mapping-registry.js';
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
  /** Where a session is told of failures, below its user destinations. Default `/queue/errors`. */
  readonly userErrorDestination?: string;
}

/** Destinations whose match is remembered, per message type; beyond them it begins anew. */
const CACHED_DESTINATIONS = 1024;

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
      if (!match) return this.#refuse(message, destination);
      const handled = match.mapping.handler.handle({ instance: match.instance, message, match });
      return isPromise(handled) ? handled.catch((error: unknown) => this.#recover(error, message, match)) : undefined;
    } catch (error) {
      return this.#recover(error, message, match);
    }
  }

  #find(type: MappedType, destination: string): ControllerMatch | undefined {
    const prefix = this.#prefixes.find((each) => destination.startsWith(`${each}/`));
    if (prefix === undefined) return undefined;
    const lookupDestination = destination.slice(prefix.length);
    const found = this.#registry.find(type, lookupDestination);
    const instance = found && this.#instances.get(found.mapping.controller);
    if (!instance) return undefined;
    const match = { ...found, instance, lookupDestination };
    remember(this.#matches[type], destination, match);
    return match;
  }

  #refuse(message: Message, destination: string): void {
    if (this.#isHandledElsewhere(destination)) return;
    throw new MessageRejectedError(`nobody handles ${message.type} to '${destination}'`, {
      code: 'DESTINATION_UNKNOWN',
    });
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
  if (thrown instanceof Error) return thrown;
  return new TreadleError('HANDLER_FAILED', `${handler} threw something that is no Error`, { cause: thrown });
}
