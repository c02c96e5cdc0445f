import { element } from '../dom.js';

const COLOURS = 8;

/**
 * A person's initial in a colour that is theirs everywhere.
 *
 * @param {string} name
 * @param {boolean} [isPresent] adds a dot that says whether they are here
 */
export function avatar(name, isPresent) {
  const dot = isPresent === undefined ? null : element('span', { class: `presence ${isPresent ? 'here' : 'away'}` });
  const initial = element('span', { class: `avatar colour-${colourOf(name)}` }, name.slice(0, 1).toUpperCase());
  return element('span', { class: 'avatar-frame', 'aria-hidden': 'true' }, initial, dot);
}

/** A number from 0 to 7, the same for the same name. @param {string} name */
export function colourOf(name) {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)) % 9973;
  return sum % COLOURS;
}
