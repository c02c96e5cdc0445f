import { fanOut100, fanOut1000, lockStep } from './fan-out.js';
import { requestReply1, requestReply32 } from './request-reply.js';
import type { Scenario } from './scenario.js';

/** All scenarios, in the order in which they run and are printed. */
export const scenarios: readonly Scenario[] = [fanOut100, fanOut1000, lockStep, requestReply1, requestReply32];
