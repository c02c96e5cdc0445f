import { connect } from '@treadle/testing';
import { application, numbers } from './statistics';

afterAll(() => application.stop());

test('the numbers are there as data and as metrics', async () => {
  await using client = await connect(application);
  const metrics = await client.subscribe('/app/metrics');

  const lines = (await metrics.next<string>()).split('\n');

  expect(lines).toContain('treadle_sessions 1');
  expect(lines).toContain('treadle_handlers_in_flight 1');
  expect(lines).toContain('treadle_frames_total{command="SUBSCRIBE"} 1');
  expect(numbers()).toEqual([1, 1, 1]);
});
