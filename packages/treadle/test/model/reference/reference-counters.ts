/** The counters of `BrokerStats`. */
export interface ReferenceCounters {
  published: number;
  delivered: number;
  redelivered: number;
  acknowledged: number;
  rejected: number;
  deadLettered: number;
  expired: number;
  dropped: number;
}

/** Before anything has happened. */
export function createCounters(): ReferenceCounters {
  return {
    published: 0,
    delivered: 0,
    redelivered: 0,
    acknowledged: 0,
    rejected: 0,
    deadLettered: 0,
    expired: 0,
    dropped: 0,
  };
}

/** Of numbers. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
