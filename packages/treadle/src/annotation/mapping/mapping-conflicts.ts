import type { FindingDetails } from '../../foundation/finding.js';
import type { DestinationPattern } from '../../messaging/destination-pattern.js';
import { PatternAutomaton } from '../../messaging/pattern-automaton.js';
import { findOverlap, mayOverlap, type Overlap } from '../../messaging/pattern-overlap.js';
import type { Mapping } from './controller-scan.js';
import { type MappingTable, nameOf } from './mapping-table.js';

/** Pairs whose patterns are searched for a common destination before the rest is left to the run time; and findings before it is enough. */
const LIMITS = { searches: 5_000, findings: 20 };

/**
 * Pairs of mappings that would fail a message because both fit its destination equally well and nothing fits it better, each with such
 * a destination and the cure. (Spring finds this only when the message comes: `AbstractMethodMessageHandler`.)
 *
 * No false alarms: every destination named would fail. What depends on a `{name:regex}` cannot be told at start and is left to the error of
 * `MappingTable.find`; so is what is left when thousands of patterns are entangled.
 */
export function findAmbiguities(table: MappingTable): readonly FindingDetails[] {
  const findings: FindingDetails[] = [];
  let searches = 0;
  for (const pair of tiedPairs(table.patterns.filter(isRegular))) {
    if (searches === LIMITS.searches || findings.length === LIMITS.findings) return findings;
    searches += 1;
    const finding = describeAmbiguity(table, pair);
    if (finding !== undefined) findings.push(finding);
  }
  return findings;
}

/** Mappings that never answer, because others answer rather wherever they fit; each with the cure. */
export function findShadowed(table: MappingTable): readonly FindingDetails[] {
  const contested = table.patterns.filter((mapping) => isRegular(mapping) && isContested(mapping, table.patterns));
  return contested.flatMap((mapping) => describeShadow(table, mapping) ?? []);
}

/** Exact mappings do not count: they leave something to every pattern. */
function isContested({ pattern }: Mapping, mappings: readonly Mapping[]): boolean {
  return mappings.some((other) => other.pattern.compareTo(pattern, '') < 0 && mayOverlap([pattern, other.pattern]));
}

function isRegular({ pattern }: Mapping): boolean {
  return PatternAutomaton.isRegular(pattern);
}

type Pair = readonly [Mapping, Mapping];

/** Mappings of two methods of which neither is more specific. */
function* tiedPairs(mappings: readonly Mapping[]): Iterable<Pair> {
  for (const [index, mapping] of mappings.entries()) {
    for (const other of mappings.slice(index + 1)) {
      const isTie = mapping.handler !== other.handler && mapping.pattern.compareTo(other.pattern, '') === 0;
      if (isTie && mayOverlap([mapping.pattern, other.pattern])) yield [mapping, other];
    }
  }
}

function describeAmbiguity(table: MappingTable, pair: Pair): FindingDetails | undefined {
  const [mapping, other] = pair;
  const { destination } = new Contest(table, pair).run();
  if (destination === undefined) return undefined;
  const cure = 'make one of the patterns more specific, or map that destination by itself';
  return { location: nameOf(mapping), problem: `it fits '${destination}' as well as ${nameOf(other)} does`, cure };
}

function describeShadow(table: MappingTable, mapping: Mapping): FindingDetails | undefined {
  const contest = new Contest(table, [mapping]);
  const { destination, isDecided } = contest.run();
  const winners = contest.winners.map(nameOf);
  if (destination !== undefined || !isDecided) return undefined;
  return {
    location: nameOf(mapping),
    problem: `it is never called: ${winners.join(', ')} ${winners.length === 1 ? 'answers' : 'answer'} everything that fits it`,
    cure: 'drop it or change its pattern',
  };
}

/** Destinations given to better mappings, one after the other, before a contest is given up. */
const MOST_WINNERS = 50;

/** Searches a destination that some mappings fit and that no other mapping takes from one of them. */
class Contest {
  /** Mappings that took a destination. */
  readonly winners: Mapping[] = [];
  readonly #table: MappingTable;
  readonly #mappings: readonly Mapping[];

  constructor(table: MappingTable, mappings: readonly Mapping[]) {
    this.#table = table;
    this.#mappings = mappings;
  }

  run(): Overlap {
    const usual = this.#search(false);
    // `/a/` is a destination of its own, but nobody means it unless a pattern says so.
    return usual.destination === undefined && this.winners.length === 0 ? this.#search(true) : usual;
  }

  #search(allowsEmptySegments: boolean): Overlap {
    const all = this.#mappings.map(({ pattern }) => pattern);
    for (;;) {
      const none: readonly DestinationPattern[] = this.winners.map(({ pattern }) => pattern);
      const overlap = findOverlap({ all, none, allowsEmptySegments });
      if (overlap.destination === undefined) return overlap;
      const winner = this.#table.findBetter(this.#mappings, overlap.destination);
      if (!winner) return overlap;
      if (!isRegular(winner) || this.winners.length === MOST_WINNERS) return UNDECIDED;
      this.winners.push(winner);
    }
  }
}

const UNDECIDED: Overlap = { destination: undefined, isDecided: false };
