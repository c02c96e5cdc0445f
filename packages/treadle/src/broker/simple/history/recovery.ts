import type { TopicPolicy } from '../policy/destination-policy.js';
import type { History } from './history.js';
import { HistoryBacklog } from './history-backlog.js';
import type { RecoveryRequest } from './recovery-request.js';

/** A place in a history. */
export interface HistoryPosition {
  /** The number of the last message before it; 0 at the beginning. */
  readonly offset: number;
  readonly epoch: string;
}

/** What a subscription that asked for what it missed is given: everything behind its position. */
export interface Recovery extends HistoryPosition {
  /** Whether that is all of it. */
  readonly isComplete: boolean;
  /** `undefined` when there is nothing. */
  readonly backlog: HistoryBacklog | undefined;
}

/** The answer for a destination whose history has not begun: nothing was published since the client was told its epoch, or ever. */
export function recoverNothing({ offset, epoch }: RecoveryRequest, nextEpoch: string): Recovery {
  const isComplete = offset === 0 && (epoch === undefined || epoch === nextEpoch);
  return { isComplete, offset: 0, epoch: nextEpoch, backlog: undefined };
}

/**
 * Everything behind the offset that is kept. Of another epoch the client has nothing, so it gets all of this one: it begins after what the client
 * has, and what was in between is gone.
 */
export function recover({ offset, epoch }: RecoveryRequest, history: History, policy: TopicPolicy): Recovery {
  const isOfHistory = (epoch === undefined || epoch === history.epoch) && offset < history.nextOffset;
  const from = isOfHistory ? Math.max(offset + 1, history.firstOffset) : history.firstOffset;
  const isComplete = isOfHistory && from === offset + 1;
  const backlog = from < history.nextOffset ? new HistoryBacklog(history, from, policy) : undefined;
  return { isComplete, offset: from - 1, epoch: history.epoch, backlog };
}
