import { FakeClock } from '@treadle/testing';
import { DropReport } from '../../../../src/broker/simple/outbox/drop-report.js';
import { createSession, publish, RecordingLogger } from '../../broker-under-test.js';

describe('DropReport', () => {
  it('says nothing any more and leaves no timer when it is stopped, whatever is still dropped', () => {
    const [clock, logger] = [new FakeClock(), new RecordingLogger()];
    const report = new DropReport(clock, logger);
    report.add(publish('/topic/x'), createSession('a'));
    report.stop();

    report.add(publish('/topic/x'), createSession('a'));

    expect([logger.lines.length, clock.timerCount]).toEqual([1, 0]);
  });
});
