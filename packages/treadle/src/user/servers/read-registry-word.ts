import { ApplicationError } from '../../foundation/application-error.js';
import type { ReasonWord, RegistryWord, SessionChange } from './registry-words.js';
import { WORD_VERSION } from './registry-words.js';

/** JSON of another server before it was looked at. */
type Unread = Readonly<Record<string, unknown>>;

/**
 * Reads what another server said. `undefined` for what a newer one may say: another version of the format, a kind that is unknown here. Changes of an unknown type
 * are left out.
 * @throws Error saying what is wrong with it
 */
export function readRegistryWord(body: Uint8Array): RegistryWord | undefined {
  const word = objectOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)), 'the word');
  if (word['v'] !== WORD_VERSION) return undefined;
  switch (word['kind']) {
    case 'changes':
      return { kind: 'changes', seq: countOf(word, 'seq'), changes: changesOf(word) };
    case 'snapshot':
      return snapshotOf(word);
    case 'alive':
      return { kind: 'alive', seq: countOf(word, 'seq') };
    case 'ask':
      return { kind: 'ask', of: optionalTextOf(word, 'of') };
    case 'goodbye':
      return { kind: 'goodbye' };
    case 'disconnect':
      return { kind: 'disconnect', of: textOf(word, 'of'), id: textOf(word, 'id'), reason: readReason(word['reason']) };
    case 'unsubscribe':
      return unsubscribeOf(word);
    default:
      return undefined;
  }
}

function snapshotOf(word: Unread): RegistryWord {
  const [part, parts] = [countOf(word, 'part'), countOf(word, 'parts')];
  if (part >= parts) throw new Error(`part ${part} of ${parts}`);
  return { kind: 'snapshot', seq: countOf(word, 'seq'), part, parts, changes: changesOf(word) };
}

function unsubscribeOf(word: Unread): RegistryWord {
  return {
    kind: 'unsubscribe',
    of: textOf(word, 'of'),
    id: textOf(word, 'id'),
    subscription: textOf(word, 'subscription'),
    destination: textOf(word, 'destination'),
    reason: readReason(word['reason']),
  };
}

function changesOf(word: Unread): readonly SessionChange[] {
  const list: unknown = word['changes'];
  if (!Array.isArray(list)) throw new Error('changes is no list');
  return list.flatMap((each: unknown) => changeOf(objectOf(each, 'a change')) ?? []);
}

/** `undefined` for one of a type that is unknown here. */
function changeOf(change: Unread): SessionChange | undefined {
  const type = textOf(change, 'type');
  switch (type) {
    case 'connected':
      return connectedOf(change);
    case 'subscribed': {
      const [subscription, destination] = [textOf(change, 'subscription'), textOf(change, 'destination')];
      return { type, id: textOf(change, 'id'), subscription, destination };
    }
    case 'unsubscribed':
      return { type, id: textOf(change, 'id'), subscription: textOf(change, 'subscription') };
    case 'disconnected':
      return { type, id: textOf(change, 'id') };
    default:
      return undefined;
  }
}

function connectedOf(change: Unread): SessionChange {
  const version = change['version'];
  if (version !== '1.0' && version !== '1.1' && version !== '1.2') throw new Error('version is no version of STOMP');
  const [user, address] = [optionalTextOf(change, 'user'), optionalTextOf(change, 'address')];
  return {
    type: 'connected',
    id: textOf(change, 'id'),
    user,
    at: countOf(change, 'at'),
    transport: textOf(change, 'transport'),
    address,
    version,
  };
}

/** An `ApplicationError` is made of it later, whose code must be one. */
function readReason(reason: unknown): ReasonWord {
  if (typeof reason === 'string') return reason;
  const word = objectOf(reason, 'reason');
  const details = word['details'] === undefined ? undefined : objectOf(word['details'], 'details');
  const { code, message } = new ApplicationError(textOf(word, 'code'), textOf(word, 'sentence'));
  return { code, sentence: message, details };
}

function objectOf(value: unknown, name: string): Unread {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Unread; // JSON's objects have text for keys
  throw new Error(`${name} is no object`);
}

function textOf(word: Unread, name: string): string {
  const value = word[name];
  if (typeof value === 'string') return value;
  throw new Error(`${name} is no text`);
}

function optionalTextOf(word: Unread, name: string): string | undefined {
  return word[name] === undefined ? undefined : textOf(word, name);
}

function countOf(word: Unread, name: string): number {
  const value = word[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`${name} is no count`);
}
