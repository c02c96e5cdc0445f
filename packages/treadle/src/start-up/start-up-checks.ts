import type { DependencyContainer } from 'tsyringe';
import type { Findings } from '../foundation/findings.js';
import type { ApplicationOptions, Constructor } from '../options.js';
import { PRESENCE_IS_OFF } from '../presence-wiring.js';
import { Presence } from '../user/presence.js';
import type { ApplicationParts } from '../application-parts.js';
import { ConstructionCheck } from './construction-check.js';
import { noteUnsafeSettings } from './unsafe-settings.js';
import { checkResults } from './unserved-results.js';

/** What is looked at when all parts are there. */
export interface CheckedApplication {
  readonly options: ApplicationOptions;
  readonly parts: ApplicationParts;
  readonly container: DependencyContainer;
  /** Services, controllers, advices and interceptors: what the application constructs. */
  readonly classes: readonly Constructor[];
}

/** Looks at what concerns several parts: constructors, results nobody takes, unsafe settings. */
export function checkApplication(application: CheckedApplication, findings: Findings): void {
  const { options, parts, container, classes } = application;
  const { broker, mappings, limits, heartBeat, template } = parts;
  const unavailable = new Map(parts.presence ? [] : [[Presence, PRESENCE_IS_OFF] as const]);
  new ConstructionCheck({ container, findings, own: classes, unavailable }).run();
  const isServed = (destination: string): boolean =>
    broker.handles(destination) || destination.startsWith(`${template.userDestinationPrefix}/`);
  checkResults(mappings, isServed, findings);
  const forUsers = mappings.mappings.find(({ handler }) => handler.description.results.some(({ to }) => to === 'user'));
  noteUnsafeSettings({ options, limits, heartBeat, broker, methodForUsers: forUsers?.handler.name }, findings);
}
