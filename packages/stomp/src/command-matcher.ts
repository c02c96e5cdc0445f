import type { Command } from './frame.js';

const LETTERS = 26;
const LETTER_A = 0x41;

/** The state before the first letter of a command. */
export const NO_LETTER = 0;

/** What {@link CommandMatcher.advance} answers when no command starts like this. */
export const NO_MATCH = -1;

/**
 * Recognises commands octet by octet without storing them: a table of states, one for each beginning of a command.
 * So no string is made for a command, a command split anywhere costs nothing, and an unknown one is known at once.
 */
export class CommandMatcher {
  readonly #next: Int16Array;
  readonly #commands: (Command | undefined)[] = [undefined];

  constructor(commands: readonly Command[]) {
    const letters = commands.reduce((sum, command) => sum + command.length, 1);
    this.#next = new Int16Array(letters * LETTERS).fill(NO_MATCH);
    for (const command of commands) this.#add(command);
  }

  /** The state after one more octet, or {@link NO_MATCH}. */
  advance(state: number, octet: number): number {
    const letter = octet - LETTER_A;
    if (letter < 0 || letter >= LETTERS) return NO_MATCH;
    return this.#next[state * LETTERS + letter] ?? NO_MATCH;
  }

  /** The command that ends in this state, if one does. */
  commandAt(state: number): Command | undefined {
    return this.#commands[state];
  }

  #add(command: Command): void {
    let state = NO_LETTER;
    for (let at = 0; at < command.length; at++) {
      const octet = command.charCodeAt(at);
      if (this.advance(state, octet) === NO_MATCH) {
        this.#next[state * LETTERS + octet - LETTER_A] = this.#commands.push(undefined) - 1;
      }
      state = this.advance(state, octet);
    }
    this.#commands[state] = command;
  }
}
