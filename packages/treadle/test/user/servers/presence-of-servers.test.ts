import 'reflect-metadata';
import type { PresenceOptions } from '../../../src/index';
import { ApplicationServers } from './application-servers.js';
import { settled } from './server-hub.js';

const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown;
const present = (...users: string[]) => ({ type: 'present', users, at });
const joined = (user: string) => ({ type: 'joined', user, at });
const left = (user: string) => ({ type: 'left', user, at });

function servers(presence: boolean | PresenceOptions = true): ApplicationServers {
  return new ApplicationServers({ presence });
}

describe('presence over all servers', () => {
  test('the list holds users of all servers, and each server tells its own clients who comes and goes', async () => {
    await using all = servers();
    const [one, two] = await all.startTwo();
    await two.login('bob');
    await settled();
    const alice = await one.login('alice');
    const people = await alice.subscribe('/topic/presence');

    const carol = await two.login('carol');
    await settled();
    await carol.disconnect();
    await settled();

    expect(await people.next()).toEqual(present('bob', 'alice'));
    expect(await people.next()).toEqual(joined('carol'));
    expect(await people.next()).toEqual(left('carol'));
    await people.expectNothing();
  });

  test('a user of two servers comes with the first session and goes with the last', async () => {
    await using all = servers();
    const [one, two] = await all.startTwo();
    const people = await (await one.login('watcher')).subscribe('/topic/presence');
    await people.next();

    const phone = await two.login('bob');
    await settled();
    const desk = await one.login('bob');
    await phone.disconnect();
    await settled();
    expect(await people.next()).toEqual(joined('bob'));
    await people.expectNothing();

    await desk.disconnect();
    expect(await people.next()).toEqual(left('bob'));
  });

  test('who subscribed to a room on another server is in it', async () => {
    await using all = servers({ subscribersOf: ['/topic/rooms/*'] });
    const [one, two] = await all.startTwo();
    const bob = await two.login('bob');
    const tea = await bob.subscribe('/topic/rooms/tea');
    await bob.subscribe('/topic/rooms/**');
    await bob.subscribe('/user/queue/news');
    await settled();
    const people = await (await one.login('alice')).subscribe('/topic/presence/topic/rooms/tea');
    expect(await people.next()).toEqual(present('bob'));

    await tea.unsubscribe();
    await settled();
    expect(await people.next()).toEqual(left('bob'));

    await bob.subscribe('/topic/rooms/tea');
    await settled();
    expect(await people.next()).toEqual(joined('bob'));
    bob.drop();
    await settled();
    expect(await people.next()).toEqual(left('bob'));
  });

  test('a page that is reloaded and gets to another server is no leave and no join, with a delay', async () => {
    await using all = servers({ leaveDelayMs: 3_000 });
    const [one, two] = await all.startTwo();
    const people = await (await one.login('watcher')).subscribe('/topic/presence');
    const page = await one.login('alice');
    await people.next();
    expect(await people.next()).toEqual(joined('alice'));

    await page.disconnect();
    await all.clock.advance(1_000);
    await two.login('alice');
    await all.clock.advance(10_000);

    await people.expectNothing();
  });

  test('the users of a server that died have left when it was silent for more than twenty seconds', async () => {
    await using all = servers();
    const [one, two] = await all.startTwo();
    await two.login('bob');
    await settled();
    const people = await (await one.login('alice')).subscribe('/topic/presence');
    expect(await people.next()).toEqual(present('bob', 'alice'));
    two.link.setUp(false);

    await all.clock.advance(15_000);
    await people.expectNothing();
    await all.clock.advance(15_000);

    expect(await people.next()).toEqual(left('bob'));
  });

  test('the delay of leaving begins when a server that died is forgotten; who is on another server by then has not left', async () => {
    await using all = servers({ leaveDelayMs: 3_000 });
    const [one, two] = await all.startTwo();
    for (const name of ['bob', 'carol', 'dave']) await two.login(name);
    await settled();
    const people = await (await one.login('alice')).subscribe('/topic/presence');
    expect(await people.next()).toEqual(present('bob', 'carol', 'dave', 'alice'));
    two.link.setUp(false);

    await one.login('bob');
    await all.clock.advance(30_500);
    await one.login('carol');
    await people.expectNothing();
    await all.clock.advance(3_000);

    expect(await people.next()).toEqual(left('dave'));
    await people.expectNothing();
  });

  test('the users of a server that stops have left at once', async () => {
    await using all = servers();
    const [one, two] = await all.startTwo();
    await two.login('bob');
    await settled();
    const people = await (await one.login('alice')).subscribe('/topic/presence');
    await people.next();

    await two.application.stop();
    await settled();

    expect(await people.next()).toEqual(left('bob'));
  });

  test('a link that fails for a moment makes nobody leave', async () => {
    await using all = servers();
    const [one, two] = await all.startTwo();
    await two.login('bob');
    await settled();
    const people = await (await one.login('alice')).subscribe('/topic/presence');
    await people.next();

    one.link.setUp(false);
    await two.login('carol');
    await all.clock.advance(5_000);
    one.link.setUp(true);
    await all.clock.advance(1_000);

    expect(await people.next()).toEqual(joined('carol'));
    await people.expectNothing();
  });

  test('a user is kicked from every server', async () => {
    await using all = servers();
    const [one, two] = await all.startTwo();
    const [phone, desk] = [await one.login('bob'), await two.login('bob')];
    await settled();

    expect(await one.application.users.getUser('bob')?.disconnect('enough')).toBe(2);

    await Promise.all([phone.closed, desk.closed]);
    expect(desk.errorFrame?.headers).toMatchObject({ code: 'DISCONNECTED_BY_SERVER' });
    await settled();
    for (const { application } of [one, two]) expect(application.users.userCount).toBe(0);
  });

  test('a subscription is taken away on another server, and its client is told', async () => {
    await using all = servers();
    const [one, two] = await all.startTwo();
    const bob = await two.login('bob');
    const errors = await bob.subscribe('/user/queue/errors');
    await bob.subscribe('/topic/tea');
    await settled();

    expect(one.application.users.getUser('bob')?.unsubscribe('/topic/tea')).toBe(1);

    expect(await errors.next()).toMatchObject({ code: 'UNSUBSCRIBED_BY_SERVER', destination: '/topic/tea' });
    await settled();
    expect(one.application.users.findSubscriptions(({ destination }) => destination === '/topic/tea')).toEqual([]);
  });
});
