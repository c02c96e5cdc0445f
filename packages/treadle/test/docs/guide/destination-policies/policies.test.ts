import { connect } from '@treadle/testing';
import { createApplication, type DestinationPolicy, silentLogger, simpleBroker } from 'treadle';
import { readDocument } from '../../documents';
import { alerts, application, jobs, lastValues, limited, positions, rooms, ticker } from './policies';

beforeAll(() => {
  // The examples log to the console, as applications do.
  for (const level of ['warn', 'error', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterAll(() => application.stop());

const SOURCE = readDocument('packages/treadle/src/broker/simple/policy/destination-policy.ts');
const PAGE = readDocument('docs/guide/destination-policies.md');

test('a new subscriber gets the last price, and a longer text than allowed is refused', async () => {
  const client = await connect(application);
  await client.send('/topic/prices/gold', '4012', { symbol: 'gold' });

  const inbox = await client.subscribe('/topic/prices/gold');
  const refused = application.template.convertAndSend('/topic/other', 'x'.repeat(16 * 1024 + 1));

  expect((await inbox.nextMessage()).headers['retained']).toBe('true');
  await expect(refused).rejects.toMatchObject({ code: 'DESTINATION_MESSAGE_TOO_LARGE' });
});

test.each<readonly [string, DestinationPolicy]>(
  Object.entries({ limited, alerts, lastValues, rooms, ticker, positions, jobs }),
)('the policy %s of the page starts', async (_name, policy) => {
  await using started = createApplication({ logger: silentLogger, broker: simpleBroker({ policies: [policy] }) });

  await started.start();
});

test('every option of a policy stands in a table of the page', () => {
  const options = [...SOURCE.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name = '']) => name);

  const missing = options.filter((name) => !PAGE.includes(`| \`${name}\``) && !PAGE.includes(`| \`history.${name}\``));

  expect(missing).toEqual([]);
});
