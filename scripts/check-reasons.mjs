// STYLE: `any`, `!` and `as` need a reason in the same line. The compiler stops checking there, so a person must say why it may.
// A reason is any comment in the expression's lines. `as const` and `satisfies` check more, not less, and need none.
// node scripts/check-reasons.mjs [root]
import { Visitor } from 'oxc-parser';
import { readWorkspace } from './imports/workspace.mjs';
import { ROOT } from './steps/run-program.mjs';

/** Where one file overrules the compiler without a word. @param {import('./imports/source-file.mjs').SourceFile} source */
function unexplained({ program, comments, lineOf }) {
  const found = [];
  const explainedLines = new Set(comments.map(({ start }) => lineOf(start)));
  const demandReason = (node, construct) => {
    const [first, last] = [lineOf(node.start), lineOf(node.end - 1)];
    for (let line = first; line <= last; line += 1) if (explainedLines.has(line)) return;
    found.push({ line: last, construct });
  };
  const isConst = ({ typeAnnotation }) => typeAnnotation.typeName?.name === 'const';

  new Visitor({
    TSAsExpression: (node) => isConst(node) || demandReason(node, '`as`'),
    TSTypeAssertion: (node) => isConst(node) || demandReason(node, '`<Type>`'),
    TSNonNullExpression: (node) => demandReason(node, '`!`'),
    TSAnyKeyword: (node) => demandReason(node, '`any`'),
  }).visit(program);
  return found;
}

const { files } = readWorkspace(process.argv[2] ?? ROOT);
let count = 0;
for (const [path, source] of files) {
  for (const { line, construct } of unexplained(source)) {
    console.error(`${path}:${line}  ${construct} without a reason in its line`);
    count += 1;
  }
}
console.log(`${files.size} files checked, ${count} places without a reason`);
process.exitCode = count > 0 ? 1 : 0;
