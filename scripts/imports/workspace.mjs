import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { packageFolders } from '../steps/workspace-steps.mjs';
import { readSourceFile } from './source-file.mjs';

/**
 * @typedef {object} Package
 * @property {string} name
 * @property {string} folder from the root, with `/`
 * @property {Set<string>} dependencies what an installation brings along: dependencies and peers, not devDependencies
 *
 * @typedef {object} Workspace
 * @property {Package[]} packages
 * @property {Map<string, import('./source-file.mjs').SourceFile>} files sources of all packages by path from the root, with `/`
 */

/** Reads every package and every source file below `root`. @param {string} root @returns {Workspace} */
export function readWorkspace(root) {
  const packages = packageFolders(root).map((folder) => readPackage(root, folder));
  const paths = packages.flatMap(({ folder }) => sourcePaths(root, join(folder, 'src')));
  paths.sort((one, other) => (one < other ? -1 : 1));
  return { packages, files: new Map(paths.map((path) => [path, readSourceFile(join(root, path))])) };
}

function readPackage(root, folder) {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const dependencies = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  return { name: manifest.name, folder: withSlashes(folder), dependencies: new Set(Object.keys(dependencies)) };
}

function sourcePaths(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => withSlashes(join(folder, name)))
    .filter((path) => /\.[cm]?[jt]s$/.test(path) && !path.endsWith('.d.ts') && statSync(join(root, path)).isFile());
}

/**
 * Where an import leads: `file` within the workspace, `external` package, Node `builtin`, or a `problem` in words.
 *
 * @param {Workspace} workspace
 * @param {string} from
 * @param {string} specifier
 * @returns {{ file?: string, external?: string, builtin?: string, problem?: string }}
 */
export function resolveImport({ packages, files }, from, specifier) {
  if (specifier.startsWith('node:')) return { builtin: specifier };
  if (specifier.startsWith('.')) return resolveRelative(packages, files, from, specifier);

  const name = packageName(specifier);
  const ours = packages.find((candidate) => candidate.name === name);
  if (!ours) return { external: name };
  if (specifier !== name) return { problem: `reaches inside ${name}, which is imported by its name alone` };
  return { file: `${ours.folder}/src/index.ts`, external: name };
}

function resolveRelative(packages, files, from, specifier) {
  const target = posix.join(posix.dirname(from), specifier);
  const candidates = [target, target.replace(/\.([cm]?)js$/, '.$1ts'), `${target}.ts`, `${target}/index.ts`];
  const home = packageOf(packages, from);
  if (!target.startsWith(`${home.folder}/`)) return { problem: `leaves ${home.name}; import a package by its name` };

  const file = candidates.find((candidate) => files.has(candidate));
  // A JSON file or the like can import nothing, so it needs no rule.
  return file ? { file } : {};
}

/** The package a source file belongs to. @param {Package[]} packages @param {string} path */
export function packageOf(packages, path) {
  const home = packages.find(({ folder }) => path.startsWith(`${folder}/`));
  if (!home) throw new Error(`${path} belongs to no package`);
  return home;
}

function packageName(specifier) {
  const [first, second] = specifier.split('/');
  return specifier.startsWith('@') ? `${first}/${second}` : first;
}

/** A path with the slashes that the rules are written with. */
function withSlashes(path) {
  return path.split(sep).join('/');
}
