import { connect } from '@treadle/testing';
import { application } from './concurrency';

afterAll(() => application.stop());

test('reports of one session overtake one another', async () => {
  await using client = await connect(application);
  const reports = await client.subscribe('/user/queue/reports');

  for (const year of [2023, 2024, 2025, 2026]) client.sendWithoutReceipt(`/app/reports/${year}`);

  const years = [await reports.next(), await reports.next(), await reports.next(), await reports.next()];
  expect(years).toEqual([2026, 2025, 2024, 2023].map((year) => ({ year })));
});

test('the totals of several years are answered', async () => {
  await using client = await connect(application);

  const totals = await Promise.all([2025, 2026].map((year) => client.subscribe(`/app/totals/${year}`)));

  expect(await Promise.all(totals.map((total) => total.next()))).toEqual([4050, 4052]);
});
