import type { GroundParts, HandlerParts, MessagingParts } from './application-parts.js';
import { createArgumentResolvers } from './annotation/arguments/argument-resolvers.js';
import { HandlerCalls } from './annotation/concurrency/handler-calls.js';
import { requireConcurrency } from './annotation/concurrency/handler-limits.js';
import { ErrorPolicy } from './annotation/failures/error-policy.js';
import type { HandlerSeams } from './annotation/handler-compiler.js';
import { MappingRegistry } from './annotation/mapping/mapping-registry.js';
import { checkRepeatedPrefixes } from './annotation/mapping/repeated-prefixes.js';
import { ReturnValueHandlers } from './annotation/results/return-value-handlers.js';
import { RunningStreams } from './annotation/results/running-streams.js';
import type { Broker } from './broker/broker.js';
import type { Findings } from './foundation/findings.js';
import { type ApplicationOptions, DEFAULTS } from './options.js';

/** What handlers are made with. */
export interface HandlerBase extends GroundParts, MessagingParts {
  readonly broker: Broker;
  /** Of handlers that say nothing themselves. */
  readonly concurrency: number | false;
}

/** The option as it holds; what is wrong with it is reported. */
export function resolveConcurrency(
  { concurrency = DEFAULTS.concurrency }: ApplicationOptions,
  findings: Findings,
): number | false {
  findings.attempt('concurrency', () => requireConcurrency(concurrency, 'concurrency'));
  return concurrency;
}

/** Compiles the methods of the controllers, and makes what calls them. */
export function createHandlers(base: HandlerBase, options: ApplicationOptions, findings: Findings): HandlerParts {
  const { template, logger, clock, limits } = base;
  const streams = new RunningStreams({ clock, logger, limits });
  const returnValueHandlers = createReturnValueHandlers(base, streams, options, findings);
  const seams = createSeams(base, returnValueHandlers, options);
  const mappings = new MappingRegistry(options.controllers ?? [], seams, findings);
  const { applicationDestinationPrefixes = DEFAULTS.applicationDestinationPrefixes } = options;
  checkRepeatedPrefixes(mappings, applicationDestinationPrefixes, findings);
  const calls = new HandlerCalls({ limits, clock, logger });
  return { mappings, calls, streams, errorPolicy: new ErrorPolicy({ template, logger }) };
}

function createReturnValueHandlers(
  { broker, clientOutboundChannel, converter, template }: HandlerBase,
  streams: RunningStreams,
  { returnValueHandlers: own = [], replyHeaders = DEFAULTS.replyHeaders }: ApplicationOptions,
  findings: Findings,
): ReturnValueHandlers {
  const isServed = (destination: string): boolean => broker.handles(destination);
  const sending = { template, converter, clientOutboundChannel, streams, isServed, own };
  return (
    findings.attempt('replyHeaders', () => new ReturnValueHandlers({ ...sending, replyHeaders })) ??
    new ReturnValueHandlers(sending)
  );
}

function createSeams(
  { concurrency, converter, limits, placeholders }: HandlerBase,
  returnValueHandlers: ReturnValueHandlers,
  options: ApplicationOptions,
): HandlerSeams {
  const { validation = {}, argumentResolvers = [], handlerInterceptors = [] } = options;
  return {
    placeholders,
    separator: options.destinationSeparator ?? DEFAULTS.destinationSeparator,
    handlerLimits: { concurrency, timeMs: limits.handlerTimeMs },
    handlerInterceptors,
    argumentResolvers: createArgumentResolvers({
      converter,
      validation,
      payloadValues: limits.payloadValues,
      argumentResolvers,
    }),
    returnValueHandlers,
  };
}
