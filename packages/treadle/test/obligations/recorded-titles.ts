type Row = readonly unknown[];

/** The titles of the tests that `register` registers, as Jest would print them but without those of their groups; nothing is run. */
export function recordedTitles(register: () => void): string[] {
  const titles: string[] = [];
  const note = withEach((title) => titles.push(title));
  const group = withEach((_, body, row) => body(...row));
  const ignore = (): void => undefined;
  const stead = {
    describe: group,
    it: note,
    test: note,
    beforeAll: ignore,
    beforeEach: ignore,
    afterAll: ignore,
    afterEach: ignore,
  };
  const before = Object.fromEntries(Object.keys(stead).map((name) => [name, Reflect.get(globalThis, name) as unknown]));
  Object.assign(globalThis, stead);
  try {
    register();
  } finally {
    Object.assign(globalThis, before);
  }
  return titles;
}

type Register = (title: string, body: (...row: Row) => void, row: Row) => void;

/** A function in the place of `it` or `describe`, with `each`. */
function withEach(register: Register): object {
  const plain = (title: string, body: (...row: Row) => void): void => register(title, body, []);
  const each =
    (table: readonly unknown[]) =>
    (title: string, body: (...row: Row) => void): void => {
      for (const entry of table) {
        const row = Array.isArray(entry) ? (entry as Row) : [entry];
        register(formatted(title, row), body, row);
      }
    };
  const skip = (title: string): void => register(`skipped: ${title}`, () => undefined, []);
  return Object.assign(plain, { each, skip });
}

/** Puts the cells of a row into the places of a title, in order. */
function formatted(title: string, row: Row): string {
  let next = 0;
  return title.replaceAll(/%([sdj])/g, (_, kind) => {
    const cell = row[next++];
    return kind === 'j' ? JSON.stringify(cell) : String(cell);
  });
}
