import { requireVariable } from '../handler-declaration.js';
import { locationOf, type ParameterResolver } from './argument-resolver.js';
import { compileNamedValue } from './named-value.js';

/** `@DestinationVariable` (Spring: `DestinationVariableMethodArgumentResolver`). */
export const destinationVariableResolver: ParameterResolver = {
  supportsParameter: ({ annotation }) => annotation?.kind === 'destinationVariable',
  bind(parameter) {
    const { annotation } = parameter;
    if (annotation?.kind !== 'destinationVariable') throw new TypeError('supportsParameter was not asked');
    const { name, required } = annotation;
    requireVariable(parameter.declaration, name, `@DestinationVariable('${name}')`, {
      byAll: required,
      location: locationOf(parameter),
    });
    const cure = `@DestinationVariable('${name}', Number), String for text, { type: anEnum } or a schema`;
    const { convert, absent } = compileNamedValue({
      parameter,
      what: `destination variable '${name}'`,
      cure,
      ...annotation,
    });
    return ({ match }) => {
      const text = match.variables[name];
      return text === undefined ? absent() : convert(text);
    };
  },
};
