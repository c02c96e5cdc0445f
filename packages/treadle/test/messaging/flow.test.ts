import { Flow } from '../../src/messaging/flow';

/** A receiver that is behind until it is told to read. */
function receiver(): { readonly room: Promise<void>; read(): void } {
  let read: () => void = () => undefined;
  const room = new Promise<void>((resolve) => {
    read = resolve;
  });
  return { room, read: () => read() };
}

describe('Flow', () => {
  test('is free at once when no receiver is behind', () => {
    const flow = new Flow();

    flow.add(undefined);

    expect(flow.whenFree()).toBeUndefined();
  });

  test('is free when all receivers have room, those included that fell behind while others were waited for', async () => {
    const flow = new Flow();
    const [first, second, late] = [receiver(), receiver(), receiver()];
    flow.add(first.room);
    flow.add(second.room);
    const told: string[] = [];
    const free = flow.whenFree()?.then(() => told.push('free'));

    first.read();
    await first.room;
    flow.add(late.room);
    second.read();
    await new Promise((resolve) => setImmediate(resolve));
    const before = [...told];
    late.read();
    await free;

    expect(before).toEqual([]);
    expect(told).toEqual(['free']);
    expect(flow.whenFree()).toBeUndefined();
  });
});
