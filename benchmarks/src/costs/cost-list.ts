import type { Cost } from './cost.js';
import { payloadCost } from './payload-cost.js';

/** All costs, in the order in which they run and are printed, after the scenarios. */
export const costs: readonly Cost[] = [payloadCost];
