/**
 * Who may import whom: the house of ARCHITECTURE.md as a table, for `import type` as much as for `import`.
 *
 * Read a row as: files under `files` may import, besides their own area and the dependencies their package.json names,
 * the areas in `mayImport` and nothing else of ours. The first row that fits a file counts; a file that fits none is reported.
 * An area that bears a package's name is what that package makes public.
 */
const STOREY_1 = ['foundation', 'messaging', 'events', 'broker', 'broker/cluster'];
const STOREY_2 = ['annotation', 'user', 'security', 'scope', 'scheduling', 'session', 'broker/simple', 'broker/relay'];
/** What the brokers of ours have in common; nobody else's business. */
const BROKERS = [...STOREY_1, 'broker/delivery'];
const WIRE = ['transport', '@treadle/stomp'];

const treadle = 'packages/treadle/src';

// prettier-ignore
export const AREAS = [
  // ground
  { area: '@treadle/stomp',    files: 'packages/stomp/src/',          mayImport: [], runsInBrowsers: true },
  { area: 'foundation',        files: `${treadle}/foundation/`,       mayImport: [] },
  { area: 'transport',         files: `${treadle}/transport/`,        mayImport: ['foundation'] },

  // storey 1
  { area: 'messaging',         files: `${treadle}/messaging/`,        mayImport: ['foundation'] },
  { area: 'events',            files: `${treadle}/events/`,           mayImport: ['foundation', 'messaging'] },
  { area: 'broker',            files: `${treadle}/broker/broker.ts`,  mayImport: ['foundation', 'messaging', 'broker/cluster'] },
  { area: 'broker/cluster',    files: `${treadle}/broker/cluster/`,   mayImport: ['foundation', 'messaging'] },
  { area: 'broker/delivery',   files: `${treadle}/broker/delivery/`,  mayImport: ['foundation', 'messaging', 'broker'] },

  // storey 2: never each other; they meet in channels
  { area: 'annotation',        files: `${treadle}/annotation/`,       mayImport: STOREY_1 },
  { area: 'user',              files: `${treadle}/user/`,             mayImport: STOREY_1 },
  { area: 'security',          files: `${treadle}/security/`,         mayImport: STOREY_1 },
  { area: 'scope',             files: `${treadle}/scope/`,            mayImport: STOREY_1 },
  { area: 'scheduling',        files: `${treadle}/scheduling/`,       mayImport: STOREY_1 },
  { area: 'broker/simple',     files: `${treadle}/broker/simple/`,    mayImport: BROKERS },
  { area: 'broker/relay',      files: `${treadle}/broker/relay/`,     mayImport: [...BROKERS, ...WIRE] },
  { area: 'session',           files: `${treadle}/session/`,          mayImport: [...STOREY_1, ...WIRE] },

  // storey 3: application, options, configurer; `treadle` is index.ts, which nothing inside imports
  { area: 'treadle',           files: `${treadle}/index.ts`,          mayImport: ['composition', ...STOREY_2, ...STOREY_1, ...WIRE] },
  { area: 'composition',       files: `${treadle}/configurer/`,       mayImport: [...STOREY_2, ...STOREY_1, ...WIRE] },
  { area: 'composition',       files: `${treadle}/injection/`,        mayImport: [...STOREY_2, ...STOREY_1, ...WIRE] },
  { area: 'composition',       files: `${treadle}/start-up/`,         mayImport: [...STOREY_2, ...STOREY_1, ...WIRE] },
  { area: 'composition',       files: `${treadle}/*.ts`,              mayImport: [...STOREY_2, ...STOREY_1, ...WIRE] },

  // beside the house
  { area: '@treadle/testing',  files: 'packages/testing/src/',        mayImport: ['treadle', '@treadle/stomp'] },
  { area: 'examples',          files: 'examples/*/src/',              mayImport: ['treadle', '@treadle/stomp'] },
  { area: 'benchmarks',        files: 'benchmarks/src/',              mayImport: ['treadle', '@treadle/stomp'] },
];

/** Longest file of a package's sources, in lines; one that grows beyond is split by responsibility. */
export const MAX_LINES = 400;
