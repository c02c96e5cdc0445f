import { inspect } from 'node:util';
import type { ParameterDescription } from '../annotation/handler-description.js';
import type { DestinationPolicyDescription } from '../broker/broker.js';
import { findingText } from '../foundation/finding.js';
import type { ApplicationDescription, BrokerDescription, MappingDescription } from './application-description.js';

/** One line for operators. */
export function startUpLine(description: ApplicationDescription): string {
  const { mappings, controllers, services, broker, endpoints, warnings } = description;
  const parts = [
    `${count(mappings, 'mapping')} in ${count(controllers, 'controller')}`,
    ...(services.length === 0 ? [] : [count(services, 'service')]),
    `${brokerName(broker)} for ${broker.destinationPrefixes.join(' ')}`,
    `WebSocket at ${endpoints.map(({ path }) => path).join(' ')}`,
  ];
  return `Treadle started: ${[...parts, ...foundAtStart(warnings)].join(', ')}`;
}

/** Notes apart: they tell of what is configured, not of what is wrong. */
function foundAtStart(findings: ApplicationDescription['warnings']): readonly string[] {
  const counts = (['warning', 'note'] as const).flatMap((severity) => {
    const found = findings.filter((finding) => finding.severity === severity);
    return found.length === 0 ? [] : [count(found, severity)];
  });
  return counts.length === 0 ? [] : [`${counts.join(' and ')} (application.describe().warnings)`];
}

/** The map of the application for whoever develops it: who answers what, and what should be known. */
export function startUpReport(description: ApplicationDescription): string {
  const { broker, prefixes, endpoints, advices, scheduledMethods, eventListeners, warnings } = description;
  const presence = description.presence === undefined ? [] : [['presence', description.presence]];
  const facts = [
    ['connect at', endpoints.map(({ path }) => path).join('  ')],
    ['controllers', prefixes.application.map((prefix) => prefix || '/').join('  ') || 'reached by nobody'],
    [lowerCase(broker.kind), broker.destinationPrefixes.join('  ')],
    ...(broker.settings ? [['', inOneLine(broker.settings)]] : []),
    ['users', prefixes.user],
    ...presence,
    ...advices.map(({ name, controllers }) => ['advice', `${name} about ${controllers.join(', ') || 'nobody'}`]),
  ];
  const notes = warnings.filter(({ severity }) => severity === 'note').map((finding) => ['note', findingText(finding)]);
  return [
    'Treadle has started',
    section(facts),
    section((broker.policies ?? []).map(policyRow)),
    section(description.mappings.map(mappingRow)),
    section(scheduledMethods.map(({ name, trigger }) => ['scheduled', name, trigger])),
    section(eventListeners.map(({ name, events }) => ['hears', name, events.join(', ')])),
    section(notes),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

/** `SEND  /app/chat/{room}  ChatController.say(payload ChatMessage, {room})  → /topic/chat/{room}`. */
function mappingRow({ type, destinations, handler, parameters, results }: MappingDescription): readonly string[] {
  const targets = results
    .filter(({ isDeclared }) => isDeclared)
    .map(({ to, destination }) => (to === 'everybody' ? destination : `${to} ${destination}`));
  return [
    type === 'MESSAGE' ? 'SEND' : type,
    destinations.join('  '),
    `${handler}(${parameters.map(parameterText).join(', ')})`,
    targets.length === 0 ? '' : `→ ${targets.join(', ')}`,
  ];
}

/** `policy  /queue/**  queue  maxMessages: 50000, whenFull: 'refuse' …`. */
function policyRow({ destinations, kind, options }: DestinationPolicyDescription): readonly string[] {
  return ['policy', destinations.join('  '), kind, inOneLine(options)];
}

/** `maxMessages: 50000, whenFull: 'refuse'`. */
function inOneLine(options: object): string {
  return inspect(options, { breakLength: Infinity }).replace(/^\{ ?/, '').replace(/ ?\}$/, '');
}

function parameterText({ kind, name, type }: ParameterDescription): string {
  if (kind === 'destinationVariable') return `{${name}}`;
  if (kind === 'payload') return [type ?? 'payload', name].filter(Boolean).join(' ');
  return name === undefined ? kind : `${kind} ${name}`;
}

/** `BrokerRelay at stomp://10.0.0.5:61613`, where it says where it is. */
function brokerName({ kind, settings }: BrokerDescription): string {
  const addresses = settings?.['addresses'];
  return Array.isArray(addresses) ? `${kind} at ${addresses.join(' ')}` : kind;
}

/** Rows with their columns aligned; the last one ends where it ends. */
function section(rows: readonly (readonly (string | undefined)[])[]): string {
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) => row.map((cell, column) => (cell ?? '').padEnd(column < row.length - 1 ? (widths[column] ?? 0) : 0)))
    .map((cells) => `  ${cells.join('  ')}`.trimEnd())
    .join('\n');
}

function count(list: readonly unknown[], what: string): string {
  return `${list.length} ${what}${list.length === 1 ? '' : 's'}`;
}

/** `SimpleBroker` as `simple broker`. */
function lowerCase(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
