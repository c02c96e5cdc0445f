import type { Cost } from './cost.js';
import { byHand, instanceByHand, transformed, transformedAndValidated, validated } from './payload/ways-by-hand.js';
import { validatedByTreadle, withoutDtoByTreadle } from './payload/ways-by-treadle.js';

/** Where the time of a validated payload goes: class-transformer and class-validator apart, and both within a controller. */
export const payloadCost: Cost = {
  name: 'payload',
  description: 'JSON of two fields in, checked, handled, JSON out',
  ways: [
    byHand,
    instanceByHand,
    transformed,
    validated,
    transformedAndValidated,
    withoutDtoByTreadle,
    validatedByTreadle,
  ],
  comparisons: [
    [transformed.name, instanceByHand.name],
    [validated.name, instanceByHand.name],
    [validatedByTreadle.name, withoutDtoByTreadle.name],
  ],
};
