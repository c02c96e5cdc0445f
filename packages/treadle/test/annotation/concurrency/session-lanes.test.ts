import { SessionLanes } from '../../../src/annotation/concurrency/session-lanes';
import { sessionOf } from '../fixture';

describe('the lanes of a handler', () => {
  it('let so many of one session in, and the others in the order they came', async () => {
    const lanes = new SessionLanes(2);
    const session = sessionOf('s1');
    const entered: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const wait = lanes.enter(session);
      if (wait) void wait.then(() => entered.push(name));
      else entered.push(name);
    }
    const before = [...entered];

    for (let left = 0; left < 3; left += 1) {
      lanes.leave(session);
      await Promise.resolve();
    }

    expect(before).toEqual(['a', 'b']);
    expect(entered).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('are those of each session', () => {
    const lanes = new SessionLanes(1);

    expect([lanes.enter(sessionOf('s1')), lanes.enter(sessionOf('s2'))]).toEqual([undefined, undefined]);
  });

  it('keep nothing of a session with nothing in progress', async () => {
    const lanes = new SessionLanes(1);
    const session = sessionOf('s1');
    void lanes.enter(session);
    void lanes.enter(session);

    lanes.leave(session);
    const sizeBefore = lanes.size;
    lanes.leave(session);

    expect([sizeBefore, lanes.size]).toEqual([1, 0]);
  });

  it('keep nothing of a session that is forgotten, though something of it ends later', () => {
    const lanes = new SessionLanes(1);
    const session = sessionOf('s1');
    void lanes.enter(session);

    lanes.forget(session);
    lanes.leave(session);

    expect(lanes.size).toBe(0);
    expect(lanes.enter(session)).toBeUndefined();
  });
});
