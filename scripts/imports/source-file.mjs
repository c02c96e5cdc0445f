import { readFileSync } from 'node:fs';
import { Visitor, parseSync } from 'oxc-parser';

/**
 * @typedef {object} Import
 * @property {string} specifier as written: `./frame`, `treadle`, `node:net`
 * @property {number} line
 *
 * @typedef {object} SourceFile
 * @property {Import[]} imports every way to name another module: `import`, `import type`, `export … from`,
 *   `import()`, `import('…').Type`, `import x = require()`, `require()`
 * @property {number[]} reExports lines that pass on what another module exports
 * @property {number[]} wildcards lines with `export *`
 * @property {number} lineCount
 * @property {import('oxc-parser').Program} program
 * @property {import('oxc-parser').Comment[]} comments
 * @property {(offset: number) => number} lineOf
 */

/**
 * Parses one file. oxc-parser needs no TypeScript (whose version 7 has no parser API) and keeps `import type`.
 *
 * @param {string} path
 * @returns {SourceFile}
 */
export function readSourceFile(path) {
  const text = readFileSync(path, 'utf8');
  const { program, comments, errors } = parseSync(path, text);
  for (const { message } of errors) throw new SyntaxError(`${path}: ${message}`);

  const lineOf = lineFinder(text);
  return { ...readModuleNames(program, lineOf), lineCount: lineOf(text.length - 1), program, comments, lineOf };
}

/** Tells the line of an offset. */
function lineFinder(text) {
  const lineEnds = [];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineEnds.push(at);
  return (offset) => {
    const line = lineEnds.findIndex((end) => offset <= end);
    return (line < 0 ? lineEnds.length : line) + 1;
  };
}

function readModuleNames(program, lineOf) {
  /** @type {Pick<SourceFile, 'imports' | 'reExports' | 'wildcards'>} */
  const found = { imports: [], reExports: [], wildcards: [] };
  const importedNames = new Set();
  const note = (source, node) => {
    if (source?.type === 'Literal') found.imports.push({ specifier: source.value, line: lineOf(node.start) });
  };

  new Visitor({
    ImportDeclaration(node) {
      note(node.source, node);
      for (const specifier of node.specifiers) importedNames.add(specifier.local.name);
    },
    ExportNamedDeclaration(node) {
      note(node.source, node);
      const passesOn =
        node.source || node.specifiers.some(({ local }) => 'name' in local && importedNames.has(local.name));
      if (passesOn) found.reExports.push(lineOf(node.start));
    },
    ExportAllDeclaration(node) {
      note(node.source, node);
      found.wildcards.push(lineOf(node.start));
    },
    ImportExpression: (node) => note(node.source, node),
    TSImportType: (node) => note(node.source, node),
    TSExternalModuleReference: (node) => note(node.expression, node),
    CallExpression(node) {
      const isRequire = node.callee.type === 'Identifier' && node.callee.name === 'require';
      if (isRequire) note(node.arguments[0], node);
    },
  }).visit(program);
  return found;
}
