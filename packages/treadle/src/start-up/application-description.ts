import type { ParameterDescription, ResultDescription } from '../annotation/handler-description.js';
import type { BrokerSettings, DestinationPolicyDescription } from '../broker/broker.js';
import type { Finding } from '../foundation/finding.js';
import type { HeartBeatOptions, LimitOptions } from '../options.js';

/** A number, or that there is no bound: JSON knows no `Infinity`. */
export type Bound = number | 'unlimited';

/**
 * How an application is put together: plain data, fit for `JSON.stringify`, in an order that stays as long as the application does. Names of
 * classes and methods, never objects or credentials.
 */
export interface ApplicationDescription {
  /** One per pattern of each method, in the order of controllers and methods. */
  readonly mappings: readonly MappingDescription[];
  readonly controllers: readonly ControllerDescription[];
  /** In the order they are asked. */
  readonly advices: readonly AdviceDescription[];
  /** Classes of the option `services`, then those that are listed nowhere: constructors name them, and they do something by themselves or are scoped. */
  readonly services: readonly ServiceDescription[];
  readonly scheduledMethods: readonly { readonly name: string; readonly trigger: string }[];
  readonly eventListeners: readonly { readonly name: string; readonly events: readonly string[] }[];
  readonly broker: BrokerDescription;
  readonly prefixes: {
    /** What begins the destinations of controllers. */
    readonly application: readonly string[];
    readonly user: string;
    readonly separator: string;
  };
  readonly endpoints: readonly EndpointDescription[];
  /** Where clients of STOMP over TCP connect; empty until `listenTcp`. */
  readonly tcpListeners: readonly TcpListenerDescription[];
  /** The classes of the channels' interceptors, in their order; `AuthenticationInterceptor` stands for the option `authenticate`. */
  readonly channels: {
    readonly clientInbound: readonly string[];
    readonly broker: readonly string[];
    readonly clientOutbound: readonly string[];
  };
  /** Classes, in the order they are asked. */
  readonly messageConverters: readonly string[];
  readonly limits: Readonly<Record<keyof LimitOptions, Bound>>;
  /** Milliseconds. */
  readonly heartBeat: HeartBeatOptions;
  /** Where presence is told; left out when it is off. */
  readonly presence?: string;
  /** Warnings, then notes; there are no errors, for then there would be no application. */
  readonly warnings: readonly Finding[];
}

/** One pattern of one handler method. */
export interface MappingDescription {
  /** The frame it answers: `MESSAGE` for SEND, `SUBSCRIBE`. */
  readonly type: 'MESSAGE' | 'SUBSCRIBE';
  /** Without prefix, as the registry compares it. */
  readonly pattern: string;
  /** What clients write, once per application prefix. */
  readonly destinations: readonly string[];
  /** `Class.method`. */
  readonly handler: string;
  readonly parameters: readonly ParameterDescription[];
  /** Where its result goes, if it has one. */
  readonly results: readonly ResultDescription[];
  /** Classes of the handler interceptors, the outermost first. */
  readonly interceptors: readonly string[];
  /**
   * `false`: strict order, nothing else of the session is handled meanwhile. A number: so many of its messages may be in progress here at one time, and
   * what follows them is handled meanwhile, as `@Concurrent` says; so `1` is not `false`.
   */
  readonly concurrency: Bound | false;
  /** Milliseconds one call may take. */
  readonly timeLimitMs: Bound;
}

/** One method with `@MessageExceptionHandler`, for one error class. */
export interface ExceptionHandlerDescription {
  readonly error: string;
  readonly handler: string;
}

/** A class that answers messages. */
export interface ControllerDescription {
  readonly name: string;
  /** How long one instance lives. */
  readonly scope: 'application' | 'session' | 'message';
  readonly exceptionHandlers: readonly ExceptionHandlerDescription[];
}

/** A class with `@ControllerAdvice`. */
export interface AdviceDescription {
  readonly name: string;
  /** The controllers of this application that it is about. */
  readonly controllers: readonly string[];
  readonly exceptionHandlers: readonly ExceptionHandlerDescription[];
}

/** A class that answers no messages. */
export interface ServiceDescription {
  readonly name: string;
  readonly scope: ControllerDescription['scope'];
}

/** What stands behind the broker channel. */
export interface BrokerDescription {
  /** Its class, such as `SimpleBroker`. */
  readonly kind: string;
  readonly destinationPrefixes: readonly string[];
  /** In their order; left out when there are none. */
  readonly policies?: readonly DestinationPolicyDescription[];
  /** What else it was told, by the names of its options: where a broker elsewhere is, and what happens when it goes. Left out by one in this process. */
  readonly settings?: BrokerSettings;
}

/** Where clients connect. */
export interface EndpointDescription {
  readonly path: string;
  /** Beside the same host and port. */
  readonly allowedOrigins: readonly string[] | '*';
  readonly allowedOriginPatterns: readonly string[];
  readonly compression: boolean;
  /** Classes of the handshake interceptors. */
  readonly interceptors: readonly string[];
}

/** Where clients connect over TCP. */
export interface TcpListenerDescription {
  /** `stomp://127.0.0.1:61613`, over TLS `stomps://…`. */
  readonly url: string;
}
