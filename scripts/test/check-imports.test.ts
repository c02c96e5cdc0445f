import { PlantedTree, ROOT, runCheck } from './planted-tree';

const TREADLE = 'packages/treadle/src';

/** One way to break the rules: the files that do, and how the check names it. */
interface Violation {
  readonly title: string;
  readonly planted: Record<string, string>;
  readonly report: string;
}

const VIOLATIONS: readonly Violation[] = [
  {
    title: 'an import of an upper storey',
    planted: {
      [`${TREADLE}/foundation/planted.ts`]: "import { Above } from '../session/planted-above';\nnew Above();\n",
    },
    report: "foundation/planted.ts:1  foundation may not import session ('../session/planted-above')",
  },
  {
    title: 'an import of a neighbour on storey 2',
    planted: { [`${TREADLE}/annotation/planted.ts`]: "\nimport { Neighbour } from '../user/planted-neighbour.js';\n" },
    report: "annotation/planted.ts:2  annotation may not import user ('../user/planted-neighbour.js')",
  },
  {
    title: 'a forbidden `import type`',
    planted: {
      [`${TREADLE}/messaging/planted-type.ts`]: "import type { Neighbour } from '../user/planted-neighbour';\n",
    },
    report: 'messaging/planted-type.ts:1  messaging may not import user',
  },
  {
    title: 'a forbidden type named with `import()`',
    planted: {
      [`${TREADLE}/messaging/planted-import-type.ts`]:
        "export type N = import('../user/planted-neighbour').Neighbour;\n",
    },
    report: 'messaging/planted-import-type.ts:1  messaging may not import user',
  },
  {
    title: 'a forbidden dynamic import',
    planted: { [`${TREADLE}/security/planted-dynamic.ts`]: "export const n = import('../user/planted-neighbour');\n" },
    report: 'security/planted-dynamic.ts:1  security may not import user',
  },
  {
    title: 'a forbidden `require`',
    planted: { [`${TREADLE}/security/planted-require.ts`]: "const n = require('../user/planted-neighbour');\n" },
    report: 'security/planted-require.ts:1  security may not import user',
  },
  {
    title: 'an import of the frame codec outside session and relay',
    planted: { [`${TREADLE}/broker/simple/planted.ts`]: "import type { Frame } from '@treadle/stomp';\n" },
    report: 'broker/simple/planted.ts:1  broker/simple may not import @treadle/stomp',
  },
  {
    title: 'an import of the composition root',
    planted: { [`${TREADLE}/session/planted.ts`]: "import { PlantedRoot } from '../planted-root';\n" },
    report: 'session/planted.ts:1  session may not import composition',
  },
  {
    title: 'an import of the own index.ts',
    planted: { [`${TREADLE}/planted-circle.ts`]: "import * as everything from './index';\n" },
    report: "planted-circle.ts:1  composition may not import treadle ('./index')",
  },
  {
    title: 'an import of treadle by @treadle/stomp',
    planted: { 'packages/stomp/src/planted-treadle.ts': "import 'treadle';\n" },
    report: 'planted-treadle.ts:1  @treadle/stomp may not import treadle',
  },
  {
    title: 'an import of Node by @treadle/stomp, which also runs in browsers',
    planted: { 'packages/stomp/src/planted-node.ts': "import { Buffer } from 'node:buffer';\n" },
    report: "planted-node.ts:1  @treadle/stomp also runs in browsers and may not import 'node:buffer'",
  },
  {
    title: 'an import of a package that an installation would not bring along',
    planted: { [`${TREADLE}/messaging/planted-dependency.ts`]: "import fc from 'fast-check';\n" },
    report: "messaging/planted-dependency.ts:1  'fast-check' is no dependency of treadle",
  },
  {
    title: 'an import from inside a package',
    planted: { 'examples/chat/src/planted-inside.ts': "import 'treadle/dist/session/above.js';\n" },
    report: "planted-inside.ts:1  'treadle/dist/session/above.js' reaches inside treadle",
  },
  {
    title: 'an import by a path that leaves the package',
    planted: { 'packages/testing/src/planted.ts': "import '../../treadle/src/session/planted-above';\n" },
    report: "planted.ts:1  '../../treadle/src/session/planted-above' leaves @treadle/testing",
  },
  {
    title: 'a file in a folder that the design does not know',
    planted: { [`${TREADLE}/utils/planted.ts`]: 'export const x = 1;\n' },
    report: 'utils/planted.ts:1  belongs to no area',
  },
  {
    title: 'an import cycle, even of types alone',
    planted: {
      [`${TREADLE}/messaging/a-planted.ts`]: "import type { B } from './b-planted';\nexport type A = B[];\n",
      [`${TREADLE}/messaging/b-planted.ts`]: "import type { C } from './c-planted';\nexport type B = C[];\n",
      [`${TREADLE}/messaging/c-planted.ts`]: "import type { A } from './a-planted';\nexport type C = A[];\n",
    },
    report: ['a', 'b', 'c', 'a'].map((name) => `${TREADLE}/messaging/${name}-planted.ts`).join(' → '),
  },
  {
    title: 'a file over 400 lines',
    planted: { [`${TREADLE}/messaging/planted-long.ts`]: 'export const long = 1;\n'.padEnd(423, '\n') },
    report: 'messaging/planted-long.ts:1  has 401 lines, more than 400',
  },
  {
    title: 'a re-export outside index.ts',
    planted: { [`${TREADLE}/user/planted-passing.ts`]: "export type { Neighbour } from './planted-neighbour';\n" },
    report: 'user/planted-passing.ts:1  only index.ts exports what another file defines',
  },
  {
    title: 'a re-export in two steps',
    planted: {
      [`${TREADLE}/user/planted-steps.ts`]: "import { Neighbour } from './planted-neighbour';\nexport { Neighbour };\n",
    },
    report: 'user/planted-steps.ts:2  only index.ts exports what another file defines',
  },
  {
    title: '`export *`, even in an index.ts',
    planted: { 'packages/stomp/src/index.ts': "export * from './frame';\n" },
    report: 'packages/stomp/src/index.ts:1  exports by name, never `export *`',
  },
];

/** What the violations reach for, and what the rules allow. */
const ALLOWED = {
  [`${TREADLE}/user/planted-neighbour.ts`]: 'export class Neighbour {}\n',
  [`${TREADLE}/session/planted-above.ts`]: 'export class Above {}\n',
  [`${TREADLE}/planted-root.ts`]:
    "import { Above } from './session/planted-above';\nexport class PlantedRoot extends Above {}\n",
  [`${TREADLE}/session/planted-allowed.ts`]: [
    "import { Above } from './planted-above.js';",
    "import { Message } from '../messaging/message.js';",
    "import type { Frame } from '@treadle/stomp';",
    "import { connect } from 'node:net';",
  ].join('\n'),
  [`${TREADLE}/transport/planted-allowed.ts`]: "import { WebSocket } from 'ws';\n",
  'examples/chat/src/planted-allowed.ts': "import { Controller } from 'treadle';\n",
};

test('the sources of this repository keep the import rules', () => {
  const { isClean, output } = runCheck('check-imports.mjs', ROOT);

  expect(output).toMatch(/^\d+ files checked, 0 against the rules/);
  expect(isClean).toBe(true);
});

describe('planted violations fail the check', () => {
  let planted: { isClean: boolean; output: string };

  beforeAll(() => {
    using tree = new PlantedTree(Object.assign({}, ALLOWED, ...VIOLATIONS.map((violation) => violation.planted)));
    planted = runCheck('check-imports.mjs', tree.root);
  });

  test('the check as a whole fails', () => {
    expect(planted.isClean).toBe(false);
  });

  test.each(VIOLATIONS)('$title is reported with file and line', ({ report }) => {
    expect(planted.output).toContain(report);
  });

  test('an import that the rules allow is not reported', () => {
    const reportedFiles = planted.output.split('\n').map((line) => line.split(':')[0]);

    for (const path of Object.keys(ALLOWED)) expect(reportedFiles).not.toContain(path);
  });
});
