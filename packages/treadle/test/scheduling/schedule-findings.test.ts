import {
  type Constructor,
  createApplication,
  MessageScoped,
  Scheduled,
  type ScheduledOptions,
  SessionScoped,
} from '../../src/index';
import { RecordingLogger } from '../annotation/fixture';
import { findingsOfStart } from '../findings';

const findingsOf = (...services: Constructor[]): string => {
  return findingsOfStart(() => createApplication({ services, logger: new RecordingLogger(), properties: {} })).join(
    '\n',
  );
};

/** A class with one scheduled method, also with what the types forbid. */
const jobWith = (options: object): Constructor => {
  class Job {
    @Scheduled(options as ScheduledOptions) // what the types forbid
    run(): void {}
  }
  return Job;
};

describe('a schedule that cannot be is found when the application is created', () => {
  test.each([
    [
      'none of the three forms',
      {},
      'Job.run: @Scheduled: there is none of them; give exactly one of fixedRate, fixedDelay and cron',
    ],
    ['two forms', { fixedRate: 1, cron: '@daily' }, 'there is fixedRate and cron'],
    [
      'a rate of nothing',
      { fixedRate: 0 },
      "Job.run: @Scheduled: fixedRate is '0'; give a number of milliseconds from 1 on",
    ],
    [
      'a rate that is no number',
      { fixedRate: 'often' },
      "Job.run: @Scheduled: fixedRate is 'often'; give a number of milliseconds from 1 on",
    ],
    [
      'an endless delay',
      { fixedDelay: Infinity },
      "Job.run: @Scheduled: fixedDelay is 'Infinity'; give a number of milliseconds from 1 on",
    ],
    [
      'a negative initial delay',
      { fixedDelay: 1, initialDelay: -1 },
      "Job.run: @Scheduled: initialDelay is '-1'; give a number of milliseconds from 0 on",
    ],
    [
      'an initial delay beside cron',
      { cron: '@daily', initialDelay: 1 },
      'Job.run: @Scheduled: initialDelay does not fit cron; leave it away',
    ],
    [
      'a time zone beside a rate',
      { fixedRate: 1, timeZone: 'UTC' },
      'Job.run: @Scheduled: timeZone belongs to cron; leave it away',
    ],
    [
      'too few fields',
      { cron: '* * * *' },
      "Job.run: @Scheduled: '* * * *' is no cron expression; write 'second minute hour day-of-month month day-of-week', such as '0 */5 * * * *'",
    ],
    ['a date', { cron: '2026-01-01T00:00:00' }, 'is no cron expression'],
    ['a value out of range', { cron: '61 * * * * *' }, "the cron expression '61 * * * * *' is not valid: "],
    [
      'a date that never comes',
      { cron: '0 0 0 31 2 *' },
      "Job.run: @Scheduled: the cron expression '0 0 0 31 2 *' fits no date; correct its day and month",
    ],
    [
      'an unknown time zone',
      { cron: '@daily', timeZone: 'Mars/Olympus' },
      "in the time zone 'Mars/Olympus' is not valid",
    ],
    ['an unknown placeholder', { cron: '${nightly}' }, "it holds the placeholder '${nightly}', which has no value"],
  ])('%s', (_what, options, finding) => {
    const message = findingsOf(jobWith(options));

    expect(message).toContain('Job.run: @Scheduled: ');
    expect(message).toContain(finding);
  });

  it('a property, an accessor and a static method', () => {
    class Misplaced {
      @Scheduled({ fixedRate: 1 })
      static forClass(): void {}
    }
    const decorate = Scheduled({ fixedRate: 1 }) as (target: object, member: string) => void; // what the types forbid
    decorate(Misplaced.prototype, 'property');
    Object.defineProperty(Misplaced.prototype, 'accessor', { get: () => () => undefined });
    decorate(Misplaced.prototype, 'accessor');

    const message = findingsOf(Misplaced);

    expect(message).toContain('Misplaced.forClass: @Scheduled: it is static; make it a method of instances');
    expect(message).toContain('Misplaced.property: @Scheduled: it is not a method');
    expect(message).toContain('Misplaced.accessor: @Scheduled: it is not a method');
  });

  it('a method with parameters, and a generator', () => {
    class Odd {
      @Scheduled({ fixedRate: 1 })
      *generate(): Iterable<number> {
        yield 1;
      }
      takes(_what: string): void {}
    }
    const decorate = Scheduled({ fixedRate: 1 }) as (target: object, member: string) => void; // what the types forbid
    decorate(Odd.prototype, 'takes');

    const message = findingsOf(Odd);

    expect(message).toContain('Odd.generate: @Scheduled: it is a generator');
    expect(message).toContain('Odd.takes: @Scheduled: it takes arguments');
  });

  it('a class of which there are many instances', () => {
    @SessionScoped()
    class Cart {
      @Scheduled({ fixedRate: 1 })
      expire(): void {}
    }
    @MessageScoped()
    class Work {
      @Scheduled({ fixedRate: 1 })
      go(): void {}
    }

    const message = findingsOf(Cart, Work);

    expect(message).toContain('Cart.expire: @Scheduled: its class is @SessionScoped()');
    expect(message).toContain('Work.go: @Scheduled: its class is @MessageScoped()');
  });
});
