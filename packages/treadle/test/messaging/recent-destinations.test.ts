import { RecentDestinations } from '../../src/messaging/recent-destinations';
import { Controller, DestinationVariable, MessageMapping } from '../../src/index';
import { Fixture } from '../annotation/fixture';

describe('what was found for recent destinations', () => {
  it('is remembered', () => {
    const recent = new RecentDestinations<number>(2);

    recent.remember('/a', 1);
    recent.remember('/b', 2);

    expect([recent.get('/a'), recent.get('/b'), recent.get('/c')]).toEqual([1, 2, undefined]);
  });

  it('never is more than so many, however many clients think of', () => {
    const recent = new RecentDestinations<number>(100);

    const sizes = Array.from({ length: 1000 }, (_none, index) => {
      recent.remember(`/rooms/${index}`, index);
      return recent.size;
    });

    expect(Math.max(...sizes)).toBe(100);
    expect(recent.get('/rooms/999')).toBe(999);
  });

  it('is forgotten when what it was found in changes', () => {
    const recent = new RecentDestinations<number>(2);
    recent.remember('/a', 1);

    recent.clear();

    expect(recent.get('/a')).toBeUndefined();
  });

  it('is nothing where none is to be remembered', () => {
    const recent = new RecentDestinations<number>(0);

    recent.remember('/a', 1);

    expect(recent.size).toBe(0);
  });

  it('is found again when it was forgotten', async () => {
    const rooms: string[] = [];
    @Controller()
    class Rooms {
      @MessageMapping('/rooms/{room}') enter(@DestinationVariable('room') room: string) {
        rooms.push(room);
      }
    }
    const fixture = new Fixture([Rooms]);

    for (let index = 0; index < 3000; index += 1) await fixture.send(`/app/rooms/${index}`);
    await fixture.send('/app/rooms/0');

    expect(rooms).toHaveLength(3001);
    expect(rooms.at(-1)).toBe('0');
  });
});
