/**
 * The headers of a message as they travel on the wire: in order, repeats kept, names case-sensitive. Immutable.
 * The first of repeated headers is the one that counts (STOMP 1.2 § Repeated Header Entries).
 */
export class NativeHeaders implements Iterable<readonly [name: string, value: string]> {
  /** No headers. */
  static readonly EMPTY = new NativeHeaders([]);

  /** Flat: name, value, name, value … (the shape of Node's `rawHeaders`). Must not be changed. */
  readonly list: readonly string[];

  /** @param list flat name-value list, taken over without a copy */
  constructor(list: readonly string[]) {
    this.list = list;
  }

  /** From an object; a list of values gives a repeated header, `undefined` none. Numbers and booleans are written as text. */
  static of(record: HeaderRecord | NativeHeaders | undefined): NativeHeaders {
    if (record === undefined) return NativeHeaders.EMPTY;
    if (record instanceof NativeHeaders) return record;
    const list: string[] = [];
    for (const name of Object.keys(record)) {
      const value = record[name];
      if (Array.isArray(value)) for (const single of value) list.push(name, String(single));
      else if (value !== undefined) list.push(name, String(value));
    }
    return new NativeHeaders(list);
  }

  /** The first value, or `undefined`. */
  get(name: string): string | undefined {
    const { list } = this;
    for (let index = 0; index < list.length; index += 2) {
      if (list[index] === name) return list[index + 1];
    }
    return undefined;
  }

  /** All values, in order. */
  getAll(name: string): string[] {
    const values: string[] = [];
    for (const [key, value] of this) if (key === name) values.push(value);
    return values;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** These headers with `name` replaced, or added at the end. */
  with(name: string, value: string): NativeHeaders {
    return new NativeHeaders([...this.without(name).list, name, value]);
  }

  /** These headers without the given names; the same object when none of them is there. */
  without(...names: readonly string[]): NativeHeaders {
    return this.filter((name) => !names.includes(name));
  }

  /** The headers whose name passes; the same object when all do. */
  filter(keep: (name: string) => boolean): NativeHeaders {
    const { list } = this;
    let kept: string[] | undefined;
    for (let index = 0; index < list.length; index += 2) {
      const name = list[index] ?? '';
      if (keep(name)) kept?.push(name, list[index + 1] ?? '');
      else kept ??= list.slice(0, index);
    }
    return kept ? new NativeHeaders(kept) : this;
  }

  /** A plain object without prototype; the first of repeated headers wins. */
  toObject(): Record<string, string> {
    const record = Object.create(null) as Record<string, string>; // null prototype: `__proto__` is a name like any other
    for (const [name, value] of this) record[name] ??= value;
    return record;
  }

  *[Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    for (let index = 0; index < this.list.length; index += 2) {
      yield [this.list[index] ?? '', this.list[index + 1] ?? ''];
    }
  }
}

/** Headers as an application writes them. */
export type HeaderRecord = Readonly<
  Record<string, string | number | boolean | readonly (string | number | boolean)[] | undefined>
>;
