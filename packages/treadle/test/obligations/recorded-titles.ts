/* What a test file says it tests: it is loaded, and its tests are noted instead of being run. */

type Row = readonly unknown[];

/** The titles of all tests in a file, as Jest would print them, without those of their groups. */
export function recordedTitles(path: string): string[] {
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
    jest.isolateModules(() => void jest.requireActual(path));
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
  return Object.assign(plain, { each, skip: plain });
}

/** Puts the cells of a row into the places of a title, in order. */
function formatted(title: string, row: Row): string {
  let next = 0;
  return title.replaceAll(/%([sdj])/g, (_, kind) => {
    const cell = row[next++];
    return kind === 'j' ? JSON.stringify(cell) : String(cell);
  });
}
