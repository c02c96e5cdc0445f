import { type DependencyContainer, injectable } from 'tsyringe';
import { Annotation } from './annotation/metadata.js';
import { ChannelRegistration } from './configurer/channel-registration.js';
import { MessageBrokerRegistry } from './configurer/message-broker-registry.js';
import { OptionsDraft } from './configurer/options-draft.js';
import { StompEndpointRegistry } from './configurer/stomp-endpoint-registry.js';
import { WebSocketTransportRegistration } from './configurer/web-socket-transport-registration.js';
import type { WebSocketMessageBrokerConfigurer } from './configurer/web-socket-message-broker-configurer.js';
import { parameterProblem } from './injection/constructor-parameters.js';
import { createContainer, resolveClass } from './injection/container.js';
import { ConfigurationError } from './foundation/errors.js';
import { Findings } from './foundation/findings.js';
import type { ApplicationOptions, Constructor } from './options.js';
import { checkOptions } from './start-up/check-options.js';

/** What `createApplication` takes: options, and configurers that fill further ones. */
export interface ConfigurableOptions extends ApplicationOptions {
  /**
   * Asked in this order, together they fill one set of options. A class is resolved in the application's container and needs
   * `@EnableWebSocketMessageBroker()`; an object is taken as it is. What a configurer says may not stand among the options too.
   */
  readonly configurers?: readonly (WebSocketMessageBrokerConfigurer | Constructor<WebSocketMessageBrokerConfigurer>)[];
}

const ENABLED = new Annotation<true>('enableWebSocketMessageBroker');

/**
 * Marks a class for `createApplication({ configurers: [WebSocketConfig] })` (Spring: `@EnableWebSocketMessageBroker`). Compilers emit the types of a
 * constructor only for decorated classes, so that its services can be injected.
 */
export function EnableWebSocketMessageBroker(): (type: Constructor<WebSocketMessageBrokerConfigurer>) => void {
  return (type) => ENABLED.write(true, type);
}

/**
 * The options that an application is made of: those given, and what the configurers say. `createApplication` calls it; call it to see them.
 * @param container resolves configurers that are classes; default as `createApplication` makes it
 * @throws ConfigurationError that lists everything wrong: what stands in two places, what is not supported and what to use instead
 */
export function applicationOptionsOf(
  options: ConfigurableOptions,
  container?: DependencyContainer,
): ApplicationOptions {
  const findings = new Findings();
  const checked = checkOptions(options, findings);
  const combined = collectOptions(checked, container ?? createContainer(checked.container), findings);
  findings.throwErrors();
  return combined;
}

/** As `applicationOptionsOf`, but reports what is wrong, so that it is told together with everything else. */
export function collectOptions(
  { configurers = [], ...given }: ConfigurableOptions,
  container: DependencyContainer,
  findings: Findings,
): ApplicationOptions {
  const draft = new OptionsDraft(findings);
  for (const [index, configurer] of configurers.entries()) {
    draft.attempt(`configurers[${index}]`, () => configure(draft, instanceOf(configurer, container)));
  }
  return combine(given, draft);
}

function instanceOf(
  configurer: WebSocketMessageBrokerConfigurer | Constructor<WebSocketMessageBrokerConfigurer> | undefined,
  container: DependencyContainer,
): WebSocketMessageBrokerConfigurer {
  if (configurer === undefined) {
    throw new ConfigurationError({ problem: 'it is undefined', cure: 'break the circular import' });
  }
  if (typeof configurer !== 'function') return configurer;
  if (!ENABLED.read(configurer)) {
    const problem = `${configurer.name} has no @EnableWebSocketMessageBroker()`;
    throw new ConfigurationError({ problem, cure: 'decorate the class with it' });
  }
  if (!container.isRegistered(configurer)) register(configurer, container);
  return resolveClass(container, configurer);
}

/** One instance, which services may get injected too. */
function register(type: Constructor, container: DependencyContainer): void {
  const problem = parameterProblem(type);
  if (problem) throw new ConfigurationError(problem);
  injectable()(type);
  container.registerSingleton(type);
}

type Step = (configurer: WebSocketMessageBrokerConfigurer, draft: OptionsDraft) => unknown;

/** Every method of a configurer, and what it is called with. */
const STEPS: Readonly<Record<keyof WebSocketMessageBrokerConfigurer, Step>> = {
  registerStompEndpoints: (configurer, draft) => configurer.registerStompEndpoints?.(new StompEndpointRegistry(draft)),
  configureWebSocketTransport: (configurer, draft) =>
    configurer.configureWebSocketTransport?.(new WebSocketTransportRegistration(draft)),
  configureClientInboundChannel: (configurer, draft) =>
    configurer.configureClientInboundChannel?.(new ChannelRegistration(draft, 'clientInbound')),
  configureClientOutboundChannel: (configurer, draft) =>
    configurer.configureClientOutboundChannel?.(new ChannelRegistration(draft, 'clientOutbound')),
  addArgumentResolvers: (configurer, draft) => configurer.addArgumentResolvers?.(draft.argumentResolvers),
  addReturnValueHandlers: (configurer, draft) => configurer.addReturnValueHandlers?.(draft.returnValueHandlers),
  configureMessageConverters: (configurer, draft) => {
    const answer = configurer.configureMessageConverters?.(draft.messageConverters);
    if (answer === false) draft.usesDefaultConverters = false;
    return answer;
  },
  configureMessageBroker: (configurer, draft) => configurer.configureMessageBroker?.(new MessageBrokerRegistry(draft)),
};

function configure(draft: OptionsDraft, configurer: WebSocketMessageBrokerConfigurer): void {
  const name = configurer.constructor === Object ? draft.source : configurer.constructor.name;
  const said = Object.entries(STEPS).filter(([method]) => method in configurer);
  if (said.length === 0) {
    const who = name === draft.source ? 'it' : name;
    throw new ConfigurationError({
      problem: `${who} configures nothing`,
      cure: `give it ${Object.keys(STEPS).join(', ')}`,
    });
  }
  for (const [method, step] of said) draft.attempt(`${name}.${method}`, () => step(configurer, draft));
}

/** Two places that say the same could only contradict each other, now or after the next change. */
function combine(given: ApplicationOptions, draft: OptionsDraft): ApplicationOptions {
  const filled = draft.toOptions();
  const limits = { ...given.limits, ...filled.limits };
  const interceptors = { ...given.interceptors, ...filled.interceptors };
  for (const name of namesInBoth(given, filled)) {
    draft.findings.report({
      location: name,
      problem: 'the option is given, and a configurer sets it too',
      cure: 'leave it to one of them',
    });
  }
  return { ...given, ...filled, ...(filled.limits && { limits }), ...(filled.interceptors && { interceptors }) };
}

/** Limits and the channels of interceptors stand each for itself. */
function namesInBoth(given: ApplicationOptions, filled: ApplicationOptions): string[] {
  const whole = sharedNames(given, filled).filter((name) => name !== 'limits' && name !== 'interceptors');
  const limits = sharedNames(given.limits, filled.limits).map((name) => `limits.${name}`);
  const channels = sharedNames(given.interceptors, filled.interceptors).map((name) => `interceptors.${name}`);
  return [...whole, ...limits, ...channels];
}

function sharedNames(given: object = {}, filled: object = {}): string[] {
  return Object.entries(given).flatMap(([name, value]) => (value !== undefined && name in filled ? [name] : []));
}
