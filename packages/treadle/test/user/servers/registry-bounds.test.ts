import { FakeClock } from '@treadle/testing';
import { RegistryServer } from './registry-servers.js';
import { ServerHub, settled, type Transfer } from './server-hub.js';

let hub: ServerHub;
let clock: FakeClock;
const servers: RegistryServer[] = [];

beforeEach(() => {
  hub = new ServerHub();
  clock = new FakeClock();
});

afterEach(async () => {
  for (const { replication } of servers.splice(0)) await replication.stop();
});

/** Servers that know each other. */
async function startTwo(): Promise<readonly [RegistryServer, RegistryServer]> {
  const two = [new RegistryServer(hub, clock), new RegistryServer(hub, clock)] as const;
  servers.push(...two);
  await settled();
  return two;
}

/** The words of a server that were taken since a moment, by their kind. */
function wordsSince(
  moment: number,
  { link }: RegistryServer,
): readonly { readonly kind: string; readonly of?: string }[] {
  const words = hub.taken.slice(moment).filter(({ from }) => from === link.serverId);
  return words.map(({ text }) => JSON.parse(text) as { readonly kind: string; readonly of?: string }); // what the code under test wrote
}

test('of more than ten thousand changes that a slow broker keeps waiting the outcome alone is told', async () => {
  const [one, two] = await startTwo();
  await clock.advance(200); // the pause between two snapshots
  const before = hub.taken.length;
  const goOn = hub.stall();

  one.connect('first');
  await settled();
  for (let count = 0; count < 6_000; count += 1) {
    one.connect(`s${count}`);
    one.disconnect(`s${count}`);
  }
  one.connect('last');
  goOn();
  await settled();
  await clock.advance(200);
  await settled();

  const octets = hub.taken.slice(before).reduce((sum, { body }) => sum + body.length, 0);
  expect(wordsSince(before, one).map(({ kind }) => kind)).toEqual(['changes', 'snapshot']);
  expect(octets).toBeLessThan(2_000);
  expect(two.view).toEqual(['first -', 'last -']);
});

test('a server that owes its state is asked for it every two seconds, however much it tells meanwhile', async () => {
  const [one, two] = await startTwo();
  const fromOne = ({ from, text }: Transfer): boolean =>
    from === one.link.serverId && text.includes('"kind":"snapshot"');
  let losesNext = true;
  hub.loses = (transfer) => {
    const isLost = transfer.from === one.link.serverId && losesNext;
    losesNext = false;
    return isLost || fromOne(transfer); // one change, and every answer
  };
  const before = hub.taken.length;
  const asked = (): number =>
    wordsSince(before, two).filter(({ kind, of }) => kind === 'ask' && of === one.link.serverId).length;

  const told: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    one.connect(`s${count}`);
    await settled();
    told.push(asked());
  }
  await clock.advance(2_000);
  one.connect('later');
  await settled();

  expect(told).toEqual([0, 1, 1, 1, 1]);
  expect(asked()).toBe(2);
  hub.loses = () => false;
});

test('those who were away with the broker for long are not forgotten when it is back: they have their time then', async () => {
  const [one, two] = await startTwo();
  one.connect('a', 'alice');
  await settled();
  for (const { link } of [one, two]) link.setUp(false);
  await clock.advance(95_000);

  two.link.setUp(true); // the other comes back a little later
  await settled();
  await clock.advance(15_000);
  one.link.setUp(true);
  await settled();
  await clock.advance(10_000);
  await settled();

  expect(two.view).toEqual(['a alice']);
  expect(two.heard).toEqual(['joined a']);
});
