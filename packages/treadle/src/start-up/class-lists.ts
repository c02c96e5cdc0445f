import { findMethod } from '../foundation/class-members.js';
import type { Findings } from '../foundation/findings.js';
import { ANNOTATIONS, isMetadataKept, THIS_COPY } from '../annotation/metadata.js';
import type { ApplicationOptions, Constructor } from '../options.js';

/** The options that list classes. */
type ClassLists = Pick<ApplicationOptions, 'controllers' | 'services'>;

/**
 * The classes listed as controllers and services, without what is no class; reports that, classes in the wrong list, and classes decorated by
 * another copy of Treadle.
 */
export function checkClassLists(
  { controllers = [], services = [] }: ClassLists,
  findings: Findings,
): Required<ClassLists> {
  const lists = {
    controllers: onlyClasses('controllers', controllers, findings),
    services: onlyClasses('services', services, findings),
  };
  const known = [...lists.controllers, ...lists.services].filter(isThere);
  if (!isMetadataKept()) findings.report(METADATA_LOST);
  for (const type of known) checkCopy(type, findings);
  const onlyServices = lists.services.filter(isThere).filter((type) => !controllers.includes(type));
  for (const type of onlyServices) checkService(type, findings);
  return lists;
}

const METADATA_LOST = {
  location: 'reflect-metadata',
  problem: 'it was loaded a second time after Treadle, in a release that forgets what decorators wrote before',
  cure: 'let all packages use one release from 0.2 on: `npm ls reflect-metadata` shows who brings another one',
};

/** Compilers leave `undefined` in a circular import, whatever the types say; where it stands is reported by those who read the lists. */
function isThere(type: Constructor | undefined): type is Constructor {
  return type !== undefined;
}

function onlyClasses(
  option: keyof ClassLists,
  given: readonly unknown[], // JavaScript may list anything
  { report }: Findings,
): readonly Constructor[] {
  return given.filter((entry, index): entry is Constructor => {
    if (entry === undefined || (typeof entry === 'function' && 'prototype' in entry)) return true;
    report({ location: `${option}[${index}]`, ...noClass(entry) });
    return false;
  });
}

function noClass(entry: unknown): { readonly problem: string; readonly cure: string } {
  if (typeof entry !== 'object' || entry === null) {
    return {
      problem: `it is ${typeof entry === 'function' ? 'a function' : String(entry)} and no class`,
      cure: 'list classes',
    };
  }
  const { name } = entry.constructor;
  return {
    problem: `it is an object of ${name}, and classes are listed`,
    cure: `list ${name}, and give the object to the container: container.registerInstance(${name}, object)`,
  };
}

/** Its decorators write the same metadata, but its Message, Principal and errors are other classes than ours. */
function checkCopy(type: Constructor, { report }: Findings): void {
  const copy = ANNOTATIONS.copy.read(type);
  if (copy === undefined || copy === THIS_COPY) return;
  report({
    location: type.name,
    problem: 'it was decorated by another copy of Treadle than the one that makes the application',
    cure: 'let all packages use one copy: `npm ls treadle` shows where they are',
  });
}

function checkService(type: Constructor, { report }: Findings): void {
  const location = type.name;
  const cure = 'list it in `controllers`';
  if (ANNOTATIONS.controllerAdvice.read(type)) {
    report({ location, problem: 'it is a @ControllerAdvice() among the services, where nobody asks it', cure });
    return;
  }
  const isController = ANNOTATIONS.controller.read(type) === true;
  if (isController) {
    report({ location, problem: 'it is a @Controller() among the services, where its methods answer nothing', cure });
  }
  for (const member of isController ? [] : mappedMembers(type)) {
    report({
      location: `${type.name}.${String(member)}`,
      problem: 'it is a mapping in a class that is no @Controller(), so it answers nothing',
      cure: 'decorate the class with @Controller() and list it in `controllers`',
    });
  }
}

function mappedMembers(type: Constructor): readonly (string | symbol)[] {
  const prototype = type.prototype as object; // a class has a prototype; its type says any
  const { members, messageMapping, subscribeMapping, messageExceptionHandler } = ANNOTATIONS;
  return members
    .of(prototype)
    .filter(
      (member) =>
        findMethod(prototype, member) &&
        [messageMapping, subscribeMapping, messageExceptionHandler].some(
          (each) => each.read(prototype, member) !== undefined,
        ),
    );
}
