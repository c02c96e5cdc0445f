import type { TopicPolicy } from '../policy/destination-policy.js';
import type { History } from './history.js';
import { HistoryBacklog } from './history-backlog.js';
import type { RecoveryRequest } from './recovery-request.js';

/** What a subscription that asked for what it missed is given. */
export interface Recovery {
  /** Whether that is all of it. */
  readonly isComplete: boolean;
  /** Of the destination's history; `undefined` when it has none. */
  readonly epoch: string | undefined;
  /** `undefined` when there is nothing. */
  readonly backlog: HistoryBacklog | undefined;
}

/** The answer where nothing is kept. */
export const NO_RECOVERY: Recovery = { isComplete: false, epoch: undefined, backlog: undefined };

/** The answer for a destination whose history has not begun: nothing was published since the client was told its epoch, or ever. */
export function recoverNothing({ offset, epoch }: RecoveryRequest, nextEpoch: string): Recovery {
  const isComplete = offset === 0 && (epoch === undefined || epoch === nextEpoch);
  return { isComplete, epoch: nextEpoch, backlog: undefined };
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
  return { isComplete, epoch: history.epoch, backlog };
}
