import { AREAS, MAX_LINES } from '../import-rules.mjs';
import { packageOf, resolveImport } from './workspace.mjs';

/** Imports that no row of the table allows. @param {import('./workspace.mjs').Workspace} workspace */
export function forbiddenImports(workspace) {
  return eachFile(workspace, (path, source) => {
    const row = rowOf(path);
    if (!row) return [{ path, line: 1, text: 'belongs to no area; scripts/import-rules.mjs needs a row for it' }];
    return source.imports.flatMap(({ specifier, line }) => {
      const text = whyForbidden(workspace, path, row, specifier);
      return text ? [{ path, line, text }] : [];
    });
  });
}

/** @returns {string | undefined} */
function whyForbidden(workspace, path, row, specifier) {
  const { problem, builtin, external, file } = resolveImport(workspace, path, specifier);
  if (problem) return `'${specifier}' ${problem}`;
  if (builtin && row.runsInBrowsers) return `${row.area} also runs in browsers and may not import '${specifier}'`;

  const target = file && rowOf(file)?.area;
  if (target && target !== row.area && !row.mayImport.includes(target)) {
    return `${row.area} may not import ${target} ('${specifier}')`;
  }
  const home = packageOf(workspace.packages, path);
  const isUndeclared = external && !home.dependencies.has(external);
  return isUndeclared ? `'${external}' is no dependency of ${home.name}` : undefined;
}

/** Import cycles, each once, as the shortest way round from its first file. @param {import('./workspace.mjs').Workspace} workspace */
export function importCycles(workspace) {
  const arrows = new Map();
  for (const [path, source] of workspace.files) {
    const targets = source.imports.map(({ specifier }) => resolveImport(workspace, path, specifier).file);
    arrows.set(path, new Set(targets.filter(Boolean)));
  }
  return [...workspace.files.keys()].flatMap((path) => {
    const cycle = shortestCycle(arrows, path);
    // What goes through this file is reported; the cycles left are those without it.
    arrows.delete(path);
    return cycle ? [{ path, line: 1, text: `import cycle: ${cycle.join(' → ')}` }] : [];
  });
}

function shortestCycle(arrows, start) {
  const ways = [[start]];
  const seen = new Set();
  for (const way of ways) {
    for (const next of arrows.get(way.at(-1)) ?? []) {
      if (next === start) return [...way, start];
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}

/** Files of packages that are too long, or that pass on names although only an index.ts may (STYLE, Dependencies). */
export function fileShapes(workspace) {
  return eachFile(workspace, (path, { lineCount, reExports, wildcards }) => {
    if (!path.startsWith('packages/')) return [];
    const isIndex = path.endsWith('/index.ts');
    return [
      ...(lineCount > MAX_LINES ? [{ path, line: 1, text: `has ${lineCount} lines, more than ${MAX_LINES}` }] : []),
      ...(isIndex ? [] : reExports).map((line) => ({
        path,
        line,
        text: 'only index.ts exports what another file defines',
      })),
      ...wildcards.map((line) => ({ path, line, text: 'exports by name, never `export *`' })),
    ];
  });
}

function eachFile(workspace, check) {
  return [...workspace.files].flatMap(([path, source]) => check(path, source));
}

function rowOf(path) {
  return AREAS.find(({ files }) => isUnder(files, path));
}

/** `folder/` fits everything below it, `folder/*.ts` the files directly in it; a `*` folder is any one folder. */
function isUnder(files, path) {
  const pattern = files.replace(/[.]/g, '\\.').replace(/\*/g, '[^/]+');
  return new RegExp(files.endsWith('/') ? `^${pattern}` : `^${pattern}$`).test(path);
}
