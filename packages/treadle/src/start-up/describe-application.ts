import type { ExceptionHandlers } from '../annotation/failures/exception-handlers.js';
import { ApplicationPrefixes } from '../annotation/mapping/application-prefixes.js';
import type { Mapping } from '../annotation/mapping/controller-scan.js';
import type { MappingRegistry } from '../annotation/mapping/mapping-registry.js';
import type { ServiceDescriptions } from '../application-services.js';
import type { Broker } from '../broker/broker.js';
import type { Finding } from '../foundation/finding.js';
import { type ApplicationOptions, DEFAULTS, type EndpointOptions, type LimitOptions } from '../options.js';
import { scopeOf } from '../scope/scoped.js';
import type { TcpListener } from '../transport/tcp-server.js';
import { DEFAULT_PRESENCE_DESTINATION } from '../user/presence-destination.js';
import type { ApplicationParts } from '../application-parts.js';
import type {
  ApplicationDescription,
  Bound,
  BrokerDescription,
  ControllerDescription,
  EndpointDescription,
  ExceptionHandlerDescription,
  MappingDescription,
} from './application-description.js';

/** What a description is made of. */
export interface DescribedApplication {
  readonly options: ApplicationOptions;
  readonly parts: ApplicationParts;
  readonly services: ServiceDescriptions;
  readonly tcpListeners: readonly TcpListener[];
  readonly warnings: readonly Finding[];
}

/** Describes an application as it is now: interceptors that were added to its channels later are there too. */
export function describeApplication({
  options,
  parts,
  services,
  tcpListeners,
  warnings,
}: DescribedApplication): ApplicationDescription {
  const presence = presenceDestination(options);
  const { unlisted, ...actions } = services;
  return {
    ...describeHandlers(options, parts.mappings),
    services: [...(options.services ?? []), ...unlisted].map((type) => ({ name: type.name, scope: scopeName(type) })),
    ...actions,
    broker: describeBroker(parts.broker),
    prefixes: describePrefixes(options, parts.mappings),
    endpoints: (options.endpoints ?? DEFAULTS.endpoints).map(describeEndpoint),
    tcpListeners: tcpListeners.map(({ url }) => ({ url })),
    channels: describeChannels(parts),
    messageConverters: parts.converter.converters.map(nameOf),
    limits: describeLimits(parts.limits),
    heartBeat: parts.heartBeat,
    ...(presence !== undefined && { presence }),
    warnings,
  };
}

function describeBroker(broker: Broker): BrokerDescription {
  const { destinationPrefixes, policies, settings } = broker;
  return { kind: nameOf(broker), destinationPrefixes, ...(policies && { policies }), ...(settings && { settings }) };
}

function describeHandlers(
  { applicationDestinationPrefixes = DEFAULTS.applicationDestinationPrefixes }: ApplicationOptions,
  { controllers, advices, mappings, separator }: MappingRegistry,
): Pick<ApplicationDescription, 'mappings' | 'controllers' | 'advices'> {
  const prefixes = new ApplicationPrefixes(applicationDestinationPrefixes, separator);
  return {
    mappings: mappings.map((mapping) => describeMapping(mapping, prefixes)),
    controllers: controllers.map(({ type, exceptionHandlers }) => ({
      name: type.name,
      scope: scopeName(type),
      exceptionHandlers: describeExceptionHandlers(exceptionHandlers),
    })),
    advices: advices.map((advice) => ({
      name: advice.type.name,
      controllers: [...advice.controllers].map(({ name }) => name),
      exceptionHandlers: describeExceptionHandlers(advice.exceptionHandlers),
    })),
  };
}

function describePrefixes(
  { applicationDestinationPrefixes, userDestinationPrefix }: ApplicationOptions,
  { separator }: MappingRegistry,
): ApplicationDescription['prefixes'] {
  return {
    application: applicationDestinationPrefixes ?? DEFAULTS.applicationDestinationPrefixes,
    user: userDestinationPrefix ?? DEFAULTS.userDestinationPrefix,
    separator,
  };
}

function describeChannels(parts: ApplicationParts): ApplicationDescription['channels'] {
  return {
    clientInbound: parts.clientInboundChannel.interceptors.map(nameOf),
    broker: parts.brokerChannel.interceptors.map(nameOf),
    clientOutbound: parts.clientOutboundChannel.interceptors.map(nameOf),
  };
}

function describeMapping({ type, pattern, handler }: Mapping, prefixes: ApplicationPrefixes): MappingDescription {
  const { limits, interceptors, description } = handler;
  return {
    type,
    pattern: pattern.text,
    destinations: prefixes.fullDestinations(pattern.text),
    handler: handler.name,
    ...description,
    interceptors: (interceptors?.sources ?? []).map((source) =>
      typeof source === 'function' ? source.name : nameOf(source),
    ),
    concurrency: limits.concurrency === false ? false : bound(limits.concurrency),
    timeLimitMs: bound(limits.timeMs),
  };
}

function describeExceptionHandlers({ entries }: ExceptionHandlers): readonly ExceptionHandlerDescription[] {
  return entries.map(([error, handler]) => ({ error, handler: handler.name }));
}

function describeEndpoint(endpoint: string | EndpointOptions): EndpointDescription {
  const given: EndpointOptions = typeof endpoint === 'string' ? { path: endpoint } : endpoint;
  return {
    path: given.path,
    allowedOrigins: given.allowedOrigins ?? [],
    allowedOriginPatterns: given.allowedOriginPatterns ?? [],
    compression: given.compression ?? false,
    interceptors: (given.interceptors ?? []).map(nameOf),
  };
}

function describeLimits(limits: LimitOptions): Readonly<Record<keyof LimitOptions, Bound>> {
  const entries = Object.entries(limits).map(([name, value]) => [name, bound(value as number)]); // all limits are numbers
  return Object.fromEntries(entries) as Record<keyof LimitOptions, Bound>; // with the names it has
}

function bound(value: number): Bound {
  return value === Infinity ? 'unlimited' : value;
}

function scopeName(type: object): ControllerDescription['scope'] {
  return scopeOf(type) ?? 'application';
}

/** The class of an object; `object` for one that was written as it is. */
function nameOf(value: object): string {
  const { name } = value.constructor;
  return name === 'Object' ? 'object' : name;
}

function presenceDestination({ presence }: ApplicationOptions): string | undefined {
  if (presence === undefined || presence === false) return undefined;
  return (presence === true ? undefined : presence.destination) ?? DEFAULT_PRESENCE_DESTINATION;
}
