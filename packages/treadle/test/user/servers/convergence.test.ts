import { FakeClock } from '@treadle/testing';
import * as fc from 'fast-check';
import { RegistryServer } from './registry-servers.js';
import { ServerHub, settled, turn } from './server-hub.js';

/** What happens in a run; numbers choose a server, session or destination among those there are. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('connect' as const), fc.nat(), fc.nat(4)) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('subscribe' as const), fc.nat(), fc.nat(3)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('unsubscribe' as const), fc.nat(), fc.nat(3)) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('disconnect' as const), fc.nat(), fc.nat()) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('link' as const), fc.nat(), fc.nat()) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('lose' as const), fc.nat(), fc.nat()) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('begin' as const), fc.nat(), fc.nat()) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('stop' as const), fc.nat(), fc.nat()) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('kill' as const), fc.nat(), fc.nat()) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('pass' as const), fc.nat(15_000), fc.nat()) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('turn' as const), fc.nat(), fc.nat()) },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A few servers that come and go, and what their clients do. */
class Servers {
  readonly #hub = new ServerHub();
  readonly #clock = new FakeClock();
  readonly #running: RegistryServer[] = [];
  readonly #gone: RegistryServer[] = [];
  #losing = 0;
  #sessions = 0;

  constructor() {
    this.#hub.loses = () => {
      if (this.#losing === 0) return false;
      this.#losing -= 1;
      return true;
    };
    for (let count = 0; count < 2; count += 1) this.#begin();
  }

  get running(): readonly RegistryServer[] {
    return this.#running;
  }

  async take([kind, first, second]: Step): Promise<void> {
    if (kind === 'begin' && this.#running.length < 5) this.#begin();
    if (kind === 'pass') await this.#clock.advance(first);
    if (kind === 'turn') await turn();
    if (kind === 'lose') this.#losing = 1 + (first % 4);
    const server = this.#running[first % this.#running.length];
    if (!server) return;
    if (kind === 'stop' || kind === 'kill') return this.#end(server, kind);
    if (kind === 'link') server.link.setUp(!server.link.isUp('user-registry'));
    if (kind === 'connect') this.#connect(server, second);
    const session = server.sessionIds[second % server.sessionIds.length];
    if (session === undefined) return;
    const has = server.users.getSession(session)?.getSubscription(String(second));
    if (kind === 'disconnect') server.disconnect(session);
    if (kind === 'subscribe' && !has) server.subscribe(session, String(second), `/topic/${first % 3}`);
    if (kind === 'unsubscribe' && has) server.unsubscribe(session, String(second));
  }

  /** Every link works from now on, and nothing gets lost: after half a minute all must agree. */
  async calmDown(): Promise<void> {
    this.#losing = 0;
    for (const { link } of this.#running) link.setUp(true);
    await this.#clock.advance(31_000);
    await settled();
  }

  async stop(): Promise<void> {
    for (const { replication } of [...this.#running, ...this.#gone]) await replication.stop();
  }

  /** What is connected where it is connected, which is the truth. */
  get truth(): readonly string[] {
    return this.#running
      .flatMap((server) => server.view.filter((line) => server.sessionIds.includes(line.split(' ')[0] ?? '')))
      .toSorted();
  }

  #begin(): void {
    this.#running.push(new RegistryServer(this.#hub, this.#clock));
  }

  #connect(server: RegistryServer, user: number): void {
    this.#sessions += 1;
    server.connect(`s${this.#sessions}`, user === 0 ? undefined : `user ${user}`);
  }

  async #end(server: RegistryServer, kind: 'stop' | 'kill'): Promise<void> {
    if (this.#running.length === 1) return;
    this.#running.splice(this.#running.indexOf(server), 1);
    this.#gone.push(server);
    if (kind === 'stop') await server.replication.stop();
    else server.link.setUp(false);
  }
}

test.each([1, 2, 3])(
  'whatever happens to servers, links and words, all agree on who is connected soon after it is calm (seed %i)',
  async (seed) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const servers = new Servers();
        for (const each of steps) await servers.take(each);
        await servers.calmDown();

        const { truth } = servers;
        for (const { view } of servers.running) expect(view).toEqual(truth);
        for (const server of servers.running) expectUsersOf(server);
        await servers.stop();
      }),
      { seed, numRuns: 100 },
    );
  },
  60_000,
);

/** The users are those of the sessions, each once, and what was told of sessions adds up to those there are. */
function expectUsersOf({ users, heard }: RegistryServer): void {
  const names = new Set(users.getSessions().flatMap(({ user }) => (user ? [user.name] : [])));
  expect(new Set(users.getUsers().map(({ name }) => name))).toEqual(names);
  expect(users.userCount).toBe(names.size);
  const present = new Set<string>();
  for (const word of heard) {
    const [what, id = ''] = word.split(' ');
    expect(present.has(id)).toBe(what === 'left');
    if (what === 'left') present.delete(id);
    else present.add(id);
  }
  expect([...present].toSorted()).toEqual(
    users
      .getSessions()
      .filter(({ server }) => server !== undefined)
      .map(({ id }) => id)
      .toSorted(),
  );
}
