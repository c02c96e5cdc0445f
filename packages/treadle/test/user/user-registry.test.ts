import { SimpUserRegistry } from '../../src/user/user-registry.js';
import { connect, createSession, disconnect, handle, subscribe, unsubscribe } from '../broker/broker-under-test.js';

/** A registry that saw the CONNECT of these sessions. */
function registryOf(...sessions: readonly ReturnType<typeof createSession>[]): SimpUserRegistry {
  const registry = new SimpUserRegistry();
  for (const session of sessions) handle(registry, connect(session));
  return registry;
}

describe('SimpUserRegistry, users and sessions (Spring L11, L12)', () => {
  it('a user is found by name, with the principal and the sessions', () => {
    const phone = createSession('phone', 'alice');
    const desk = createSession('desk', 'alice');

    const registry = registryOf(phone, desk);

    const user = registry.getUser('alice');
    expect(user?.name).toBe('alice');
    expect(user?.principal).toBe(phone.user);
    expect(user?.sessions.map((session) => session.id)).toEqual(['phone', 'desk']);
    expect(user?.getSession('desk')?.user).toBe(user);
    expect(user?.getSession('other')).toBeUndefined();
  });

  it('all users are listed and counted once, however many sessions they have', () => {
    const sessions = [createSession('1', 'alice'), createSession('2', 'alice'), createSession('3', 'bob')];

    const registry = registryOf(...sessions);

    expect(registry.getUsers().map((user) => user.name)).toEqual(['alice', 'bob']);
    expect(registry.userCount).toBe(2);
  });

  it('a user is known by the name user destinations have for the principal, not by the other one', () => {
    const session = createSession('1');
    session.user = { name: 'alice', destinationUserName: '17' };

    const registry = registryOf(session);

    expect(registry.getUser('17')?.name).toBe('17');
    expect(registry.getUser('17')?.principal).toBe(session.user);
    expect(registry.getUser('alice')).toBeUndefined();
    handle(registry, disconnect(session));
    expect(registry.getUser('17')).toBeUndefined();
  });

  it('all sessions are listed and counted, anonymous ones too', () => {
    const registry = registryOf(createSession('1', 'alice'), createSession('2'), createSession('3', 'alice'));

    expect(registry.getSessions().map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(registry.sessionCount).toBe(3);
  });

  it('a user and a session can be disconnected', async () => {
    const [phone, desk, nobody] = [createSession('1', 'alice'), createSession('2', 'alice'), createSession('3')];
    const registry = registryOf(phone, desk, nobody);

    const count = await registry.getUser('alice')?.disconnect();
    await registry.getSession('3')?.disconnect('enough');

    expect(count).toBe(2);
    expect([phone, desk, nobody].map(({ failures }) => failures)).toEqual(
      [1, 2, 3].map(() => ['DISCONNECTED_BY_SERVER']),
    );
  });

  it('an anonymous session is found by id but is no user', () => {
    const registry = registryOf(createSession('anonymous'));

    expect(registry.getSession('anonymous')?.user).toBeUndefined();
    expect(registry.getUsers()).toEqual([]);
    expect(registry.userCount).toBe(0);
  });

  it('nobody is found before CONNECT', () => {
    const registry = new SimpUserRegistry();

    handle(registry, subscribe(createSession('a', 'alice'), '1', '/topic/foo'));

    expect(registry.getUser('alice')).toBeUndefined();
    expect(registry.getSession('a')).toBeUndefined();
    expect(registry.findSubscriptions(() => true)).toEqual([]);
  });

  it('a user goes with the last session', () => {
    const phone = createSession('phone', 'alice');
    const desk = createSession('desk', 'alice');
    const registry = registryOf(phone, desk);

    handle(registry, disconnect(phone));
    expect(registry.getUser('alice')?.sessions.map((session) => session.id)).toEqual(['desk']);

    handle(registry, disconnect(desk));
    expect(registry.getUser('alice')).toBeUndefined();
    expect(registry.userCount).toBe(0);
    expect(registry.getSession('desk')).toBeUndefined();
  });

  it('a second CONNECT or DISCONNECT of a session changes nothing', () => {
    const session = createSession('a', 'alice');
    const registry = registryOf(session, session);
    expect(registry.getUser('alice')?.sessions).toHaveLength(1);

    handle(registry, disconnect(session));
    handle(registry, disconnect(session));

    expect(registry.userCount).toBe(0);
  });

  it('a CONNECT that comes after its session ended leaves nothing behind', () => {
    const session = createSession('a', 'alice');
    const registry = new SimpUserRegistry();
    handle(registry, disconnect(session));

    handle(registry, connect(session));

    expect(registry.userCount).toBe(0);
    expect(registry.getSession('a')).toBeUndefined();
  });

  it.each(['__proto__', 'constructor', 'a/b', ''])('%j is a user name like any other', (name) => {
    const registry = registryOf(createSession('a', name));

    expect(registry.getUser(name)?.name).toBe(name);
    expect(registry.getUser('toString')).toBeUndefined();
  });

  it('users and sessions are live, lists are of their moment', () => {
    const phone = createSession('phone', 'alice');
    const registry = registryOf(phone);
    const user = registry.getUser('alice');
    const users = registry.getUsers();
    const sessions = user?.sessions;

    handle(registry, connect(createSession('desk', 'alice')));
    handle(registry, connect(createSession('b', 'bob')));

    expect(users).toHaveLength(1);
    expect(sessions).toHaveLength(1);
    expect(user?.sessions).toHaveLength(2);
  });
});

describe('SimpUserRegistry, subscriptions', () => {
  it('they are kept with the destination as the client wrote it', () => {
    const session = createSession('a', 'alice');
    const registry = registryOf(session);

    handle(registry, subscribe(session, '1', '/user/queue/errors'));

    const [subscription] = registry.getSession('a')?.subscriptions ?? [];
    expect(subscription?.id).toBe('1');
    expect(subscription?.destination).toBe('/user/queue/errors');
    expect(subscription?.session.user?.name).toBe('alice');
  });

  it('they are found over all users and anonymous sessions', () => {
    const alice = createSession('a', 'alice');
    const nobody = createSession('n');
    const registry = registryOf(alice, nobody);
    handle(registry, subscribe(alice, '1', '/topic/foo'));
    handle(registry, subscribe(alice, '2', '/topic/bar'));
    handle(registry, subscribe(nobody, '1', '/topic/foo'));

    const found = registry.findSubscriptions(({ destination }) => destination === '/topic/foo');

    expect(found.map(({ session, id }) => `${session.id}/${id}`)).toEqual(['a/1', 'n/1']);
  });

  it('they go with UNSUBSCRIBE and with their session', () => {
    const alice = createSession('a', 'alice');
    const bob = createSession('b', 'bob');
    const registry = registryOf(alice, bob);
    for (const session of [alice, bob]) {
      handle(registry, subscribe(session, '1', '/topic/foo'));
      handle(registry, subscribe(session, '2', '/topic/bar'));
    }

    handle(registry, unsubscribe(alice, '1'));
    handle(registry, disconnect(bob));

    const found = registry.findSubscriptions(() => true);
    expect(found.map(({ session, id }) => `${session.id}/${id}`)).toEqual(['a/2']);
  });
});
