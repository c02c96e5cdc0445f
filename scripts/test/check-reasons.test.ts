import { PlantedTree, ROOT, runCheck } from './planted-tree';

const PLANTED = 'packages/treadle/src/messaging/planted.ts';

test('the sources of this repository give a reason wherever they overrule the compiler', () => {
  const { isClean, output } = runCheck('check-reasons.mjs', ROOT);

  expect(output).toMatch(/^\d+ files checked, 0 places without a reason/);
  expect(isClean).toBe(true);
});

test.each([
  ['`as`', 'export const one = (value: unknown) => value as string;'],
  ['`any`', 'export type Anything = any;'],
  ['`!`', 'export const one = (values: string[]) => values[0]!;'],
])('%s without a comment in its line is reported with file and line', (construct, text) => {
  using tree = new PlantedTree({ [PLANTED]: `\n${text}\n` });

  const { isClean, output } = runCheck('check-reasons.mjs', tree.root);

  expect(output).toContain(`${PLANTED}:2  ${construct} without a reason in its line`);
  expect(isClean).toBe(false);
});

test('a comment in the line is a reason, and `as const` needs none', () => {
  using tree = new PlantedTree({
    [PLANTED]:
      "export const first = (values: string[]) => values[0]!; // never empty\nexport const kind = 'a' as const;\n",
  });

  const { output } = runCheck('check-reasons.mjs', tree.root);

  expect(output).not.toContain('planted');
});
