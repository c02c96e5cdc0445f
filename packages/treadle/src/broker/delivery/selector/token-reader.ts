import { malformed, type Token } from './selector-tokens.js';

/** Reads the tokens of a selector one after the other. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  /** @param tokens with an `end` at their end */
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** The token to be read next. */
  get next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', value: '', position: 0 };
  }

  /** The same in the words of a problem. */
  get found(): string {
    const { kind, value } = this.next;
    return kind === 'end' ? 'its end' : JSON.stringify(value.slice(0, 40));
  }

  isNext(kind: Token['kind'], value: string): boolean {
    return this.next.kind === kind && this.next.value === value;
  }

  /** Reads the next token; there is always one, as the end is never left behind. */
  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  /** Reads the next token if it is this one; false if it is not. */
  takes(kind: Token['kind'], value: string): boolean {
    if (!this.isNext(kind, value)) return false;
    this.take();
    return true;
  }

  /** @throws MessageRejectedError `SELECTOR_MALFORMED` if the next token is another */
  require(kind: Token['kind'], value: string): void {
    if (!this.takes(kind, value)) malformed(`${value} is missing before ${this.found}`, this.next.position);
  }

  /** @throws MessageRejectedError `SELECTOR_MALFORMED` if something comes */
  requireEnd(): void {
    const { kind, position } = this.next;
    if (kind !== 'end') malformed(`${this.found} stands where the selector could end`, position);
  }

  /** Reads a text. @param rule why it must be one @throws MessageRejectedError `SELECTOR_MALFORMED` if it is none */
  takeText(rule: string): string {
    const { kind, position } = this.next;
    return kind === 'text' ? this.take().value : malformed(`${rule}, such as 'this'`, position);
  }
}
