import { costs } from './cost-list.js';
import { timeOf } from './work-time.js';

/** The process of `measureWay`: does one piece of work one way, and sends what it costs. */
async function main([costName, wayName, warmUpSeconds, seconds]: readonly string[]): Promise<void> {
  const way = costs.find(({ name }) => name === costName)?.ways.find(({ name }) => name === wayName);
  if (!way) throw new Error(`there is no ${costName}: ${wayName}`);
  const work = await way.prepare();
  await timeOf(work, Number(warmUpSeconds));
  process.send?.(await timeOf(work, Number(seconds)));
}

main(process.argv.slice(2)).then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
