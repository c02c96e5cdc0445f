import { EndCallbacks } from '../../src/foundation/end-callbacks';

describe('callbacks of an end', () => {
  it('are called once, the last one first', () => {
    const called: string[] = [];
    const ends = new EndCallbacks(() => undefined);
    ends.add(() => called.push('first'));
    ends.add(() => called.push('last'));

    const result = [ends.run(), ends.run()];

    expect(called).toEqual(['last', 'first']);
    expect(result).toEqual([undefined, undefined]);
    expect(ends.isOver).toBe(true);
  });

  it('are called one after the other, promises awaited', async () => {
    const called: string[] = [];
    const ends = new EndCallbacks(() => undefined);
    ends.add(() => called.push('first'));
    ends.add(async () => {
      await Promise.resolve();
      called.push('last');
    });

    await ends.run();

    expect(called).toEqual(['last', 'first']);
  });

  it('do not keep each other from being called when they fail', async () => {
    const called: string[] = [];
    const failures: unknown[] = [];
    const ends = new EndCallbacks((error) => failures.push(error));
    ends.add(() => called.push('first'));
    ends.add(() => Promise.reject(new Error('late')));
    ends.add(() => {
      throw new Error('at once');
    });

    await ends.run();

    expect(called).toEqual(['first']);
    expect(failures).toEqual([new Error('at once'), new Error('late')]);
  });

  it('are called at once when the end has begun', async () => {
    const called: string[] = [];
    const failures: unknown[] = [];
    const ends = new EndCallbacks((error) => failures.push(error));
    ends.add(() => ends.add(() => called.push('added meanwhile')));
    await ends.run();

    ends.add(() => called.push('added afterwards'));
    ends.add(() => {
      throw new Error('failed afterwards');
    });

    expect(called).toEqual(['added meanwhile', 'added afterwards']);
    expect(failures).toEqual([new Error('failed afterwards')]);
  });

  it('are taken back one by one, even when one was added twice', () => {
    const called: string[] = [];
    const ends = new EndCallbacks(() => undefined);
    const callback = (): void => void called.push('called');
    ends.add(callback);
    const takeBack = ends.add(callback);

    takeBack();
    takeBack();
    void ends.run();

    expect(called).toEqual(['called']);
  });
});
