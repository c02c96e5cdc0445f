import type { PresenceType } from './presence-group.js';

/** The first message of a subscription to presence, as JSON: who is here already. */
export interface PresentUsers {
  readonly type: 'present';
  /** In the order they came. */
  readonly users: readonly string[];
  /** ISO 8601. */
  readonly at: string;
}

/** A message to the subscribers of presence, as JSON: a user came with the first session or subscription, or went with the last. */
export interface PresenceChange {
  readonly type: PresenceType;
  readonly user: string;
  /** ISO 8601. */
  readonly at: string;
}
