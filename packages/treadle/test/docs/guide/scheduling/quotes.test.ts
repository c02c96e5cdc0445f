import { connect, FakeClock } from '@treadle/testing';
import { createApplication, silentLogger } from 'treadle';
import { Quotes } from './quotes';

test('the market closes at six in the evening', async () => {
  const clock = new FakeClock('2026-03-06T16:59:00Z');
  await using application = createApplication({ services: [Quotes], clock, logger: silentLogger });
  const client = await connect(application);
  const market = await client.subscribe('/topic/market');

  await clock.advance(60_000);

  expect(await market.next()).toBe('closed');
});

test('quotes come every second', async () => {
  const clock = new FakeClock();
  await using application = createApplication({ services: [Quotes], clock, logger: silentLogger });
  const client = await connect(application);
  const quotes = await client.subscribe('/topic/quotes/TEA');

  await clock.advance(1_000);

  expect([await quotes.next(), await quotes.next()]).toEqual([101, 102]);
  expect(application.schedules.describe()[0]).toMatchObject({ name: 'Quotes.send', trigger: 'every 1000 ms', runs: 2 });
});
