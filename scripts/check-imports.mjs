// The import rules of ARCHITECTURE.md: who may import whom (import-rules.mjs), no cycles, no over-long file, no `export *`.
// node scripts/check-imports.mjs [root]
import { fileShapes, forbiddenImports, importCycles } from './imports/import-checks.mjs';
import { readWorkspace } from './imports/workspace.mjs';
import { ROOT } from './steps/run-program.mjs';

const workspace = readWorkspace(process.argv[2] ?? ROOT);
const findings = [forbiddenImports, importCycles, fileShapes].flatMap((check) => check(workspace));

for (const { path, line, text } of findings) console.error(`${path}:${line}  ${text}`);
console.log(`${workspace.files.size} files checked, ${findings.length} against the rules of scripts/import-rules.mjs`);
process.exitCode = findings.length > 0 ? 1 : 0;
