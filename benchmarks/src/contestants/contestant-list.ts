import { bareWs } from './bare-ws.js';
import type { Contestant } from './contestant.js';
import { treadle } from './treadle.js';

/** What the others are compared with. */
export const reference: Contestant = bareWs;

/** All servers, the reference first; they take turns in this order. */
export const contestants: readonly Contestant[] = [reference, treadle];
