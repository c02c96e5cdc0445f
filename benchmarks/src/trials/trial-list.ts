import { brokerRelay } from './broker-relay.js';
import { slowConsumer } from './slow-consumer.js';
import type { Trial } from './trial.js';

/** All trials, in the order in which they run and are printed. */
export const trials: readonly Trial[] = [slowConsumer, brokerRelay];
