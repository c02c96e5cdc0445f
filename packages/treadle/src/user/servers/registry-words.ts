import { ApplicationError } from '../../foundation/application-error.js';
import type { EndReason } from '../../messaging/session-control.js';
import type { SimpSession, SimpSubscription } from '../simp-user.js';

/** Of the format below. A server that finds another one in a word leaves that word alone: a newer application may run beside this one. */
export const WORD_VERSION = 1;

/** What happened to one session of the server that says it. */
export type SessionChange =
  | {
      readonly type: 'connected';
      readonly id: string;
      /** Its name in user destinations; left out for an anonymous session. */
      readonly user?: string | undefined;
      /** Milliseconds since 1970. */
      readonly at: number;
      readonly transport: string;
      readonly address?: string | undefined;
      readonly version: '1.0' | '1.1' | '1.2';
    }
  | { readonly type: 'subscribed'; readonly id: string; readonly subscription: string; readonly destination: string }
  | { readonly type: 'unsubscribed'; readonly id: string; readonly subscription: string }
  | { readonly type: 'disconnected'; readonly id: string };

/** Why a session or subscription is to end: a text for the log, or what an `ApplicationError` says to the client. */
export type ReasonWord =
  | string
  | {
      readonly code: string;
      readonly sentence: string;
      readonly details?: Readonly<Record<string, unknown>> | undefined;
    };

/**
 * What one server tells the others about its sessions, as JSON with `v`, the version of the format. `seq` counts what a server said of its state: `changes`
 * number `n` turn state `n - 1` into state `n`, so a listener knows when it missed something and asks.
 */
export type RegistryWord =
  | { readonly kind: 'changes'; readonly seq: number; readonly changes: readonly SessionChange[] }
  /** All of state `seq` in `parts` words, which follow each other; `part` counts from 0. */
  | {
      readonly kind: 'snapshot';
      readonly seq: number;
      readonly part: number;
      readonly parts: number;
      readonly changes: readonly SessionChange[];
    }
  /** Every while: it is there, and its state is `seq`. */
  | { readonly kind: 'alive'; readonly seq: number }
  /** Wants a snapshot, of one server or of all. */
  | { readonly kind: 'ask'; readonly of?: string | undefined }
  /** Its sessions are over, and nothing more will come. */
  | { readonly kind: 'goodbye' }
  | { readonly kind: 'disconnect'; readonly of: string; readonly id: string; readonly reason: ReasonWord }
  | {
      readonly kind: 'unsubscribe';
      readonly of: string;
      readonly id: string;
      readonly subscription: string;
      readonly destination: string;
      readonly reason: ReasonWord;
    };

/** A session as its server tells it. */
export function connectedChange(session: SimpSession): SessionChange {
  const { id, user, connectedAt, transport, remoteAddress, version } = session;
  return {
    type: 'connected',
    id,
    user: user?.name,
    at: connectedAt.getTime(),
    transport,
    address: remoteAddress,
    version,
  };
}

/** A subscription as its server tells it. */
export function subscribedChange({ id, destination, session }: SimpSubscription): SessionChange {
  return { type: 'subscribed', id: session.id, subscription: id, destination };
}

/** A reason as it travels; classes that extend `ApplicationError` do not. */
export function reasonWordOf(reason: EndReason): ReasonWord {
  if (typeof reason === 'string') return reason;
  return { code: reason.code, sentence: reason.message, details: reason.details };
}

/** A reason that has travelled. */
export function reasonOf(word: ReasonWord): EndReason {
  if (typeof word === 'string') return word;
  return new ApplicationError(word.code, word.sentence, word.details === undefined ? {} : { details: word.details });
}
