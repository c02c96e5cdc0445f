import { body1m, body64k, fanOut100, fanOut1000, lockStep } from './fan-out.js';
import { idle } from './idle.js';
import { queue } from './queue-work.js';
import { requestReply1, requestReply32 } from './request-reply.js';
import type { Scenario } from './scenario.js';
import { patterns, topics } from './spread-out.js';

/** All scenarios, in the order in which they run and are printed. */
export const scenarios: readonly Scenario[] = [
  fanOut100,
  fanOut1000,
  lockStep,
  requestReply1,
  requestReply32,
  topics,
  patterns,
  body64k,
  body1m,
  queue,
  idle,
];
