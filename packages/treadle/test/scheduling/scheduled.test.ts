import { channel } from 'node:diagnostics_channel';
import { FakeClock } from '@treadle/testing';
import {
  type Application,
  type ApplicationOptions,
  Controller,
  createApplication,
  Scheduled,
  Schedules,
} from '../../src/index';
import { RecordingLogger } from '../annotation/fixture';

const started = async (options: ApplicationOptions): Promise<Application> => {
  const application = createApplication({ logger: new RecordingLogger(), statsIntervalMs: 0, ...options });
  await application.start();
  return application;
};

/** A promise that is settled by hand. */
function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('a fixed rate', () => {
  it('runs as soon as the application has started, then from start to start', async () => {
    const clock = new FakeClock();
    const runs: number[] = [];
    class Quotes {
      @Scheduled({ fixedRate: 100 })
      send(): void {
        runs.push(clock.now());
      }
    }
    await using _application = await started({ services: [Quotes], clock });

    await clock.advance(250);

    expect(runs).toEqual([0, 100, 200]);
  });

  it('waits for the initial delay before the first run', async () => {
    const clock = new FakeClock();
    const runs: number[] = [];
    class Quotes {
      @Scheduled({ fixedRate: 100, initialDelay: 30 })
      send(): void {
        runs.push(clock.now());
      }
    }
    await using _application = await started({ services: [Quotes], clock });

    await clock.advance(200);

    expect(runs).toEqual([30, 130]);
  });

  it('never overlaps: a run that is late begins when the one before it has ended, the further missed ones are left out', async () => {
    const clock = new FakeClock();
    const runs: number[] = [];
    const first = gate();
    class Slow {
      @Scheduled({ fixedRate: 100 })
      work(): Promise<void> | undefined {
        runs.push(clock.now());
        return runs.length === 1 ? first.opened : undefined;
      }
    }
    await using application = await started({ services: [Slow], clock });

    await clock.advance(350);
    const during = [...runs];
    first.open();
    await clock.advance(100);

    expect(during).toEqual([0]);
    expect(runs).toEqual([0, 350, 400]);
    expect(application.schedules.describe()).toMatchObject([{ runs: 3, skipped: 2 }]);
  });
});

describe('a fixed delay', () => {
  it('runs from end to start', async () => {
    const clock = new FakeClock();
    const runs: number[] = [];
    const first = gate();
    class Poll {
      @Scheduled({ fixedDelay: 100, initialDelay: 10 })
      work(): Promise<void> | undefined {
        runs.push(clock.now());
        return runs.length === 1 ? first.opened : undefined;
      }
    }
    await using _application = await started({ services: [Poll], clock });

    await clock.advance(200);
    first.open();
    await clock.advance(250);

    expect(runs).toEqual([10, 300, 400]);
  });
});

describe('a cron expression', () => {
  /** When it runs from a moment on, as ISO dates. */
  const runsOf = async (
    cron: string,
    { from, hours, timeZone = 'UTC' }: { readonly from: string; readonly hours: number; readonly timeZone?: string },
  ): Promise<string[]> => {
    const clock = new FakeClock(from);
    const runs: string[] = [];
    class Calendar {
      @Scheduled({ cron, timeZone })
      work(): void {
        runs.push(new Date(clock.wallTime()).toISOString());
      }
    }
    await using _application = await started({ services: [Calendar], clock });
    await clock.advance(hours * 3_600_000);
    return runs;
  };

  it('runs at its dates, to the second', async () => {
    const runs = await runsOf('0 */30 9-10 * * MON-FRI', { from: '2026-03-06T08:59:59.250Z', hours: 3 });

    expect(runs).toEqual([
      '2026-03-06T09:00:00.000Z',
      '2026-03-06T09:30:00.000Z',
      '2026-03-06T10:00:00.000Z',
      '2026-03-06T10:30:00.000Z',
    ]);
  });

  it('may have five fields: then the seconds are 0', async () => {
    const runs = await runsOf('15 8 * * *', { from: '2026-03-06T08:00:00Z', hours: 1 });

    expect(runs).toEqual(['2026-03-06T08:15:00.000Z']);
  });

  it('may begin a step at a number, as in Spring', async () => {
    const runs = await runsOf('0 10/20 * * * *', { from: '2026-03-06T08:00:00Z', hours: 1 });

    expect(runs).toEqual(['2026-03-06T08:10:00.000Z', '2026-03-06T08:30:00.000Z', '2026-03-06T08:50:00.000Z']);
  });

  it('needs both days to fit when both are restricted, as in Spring', async () => {
    // The first Monday that is a 1st is June the 1st, 2026; a Unix cron would run on every Monday.
    const runs = await runsOf('0 0 0 1 * MON', { from: '2026-05-28T00:00:00Z', hours: 24 * 12 });

    expect(runs).toEqual(['2026-06-01T00:00:00.000Z']);
  });

  it('is read in its time zone, over the change to summer time too', async () => {
    const runs = await runsOf('0 0 12 * * *', {
      from: '2026-03-28T00:00:00Z',
      hours: 48,
      timeZone: 'Europe/Berlin',
    });

    expect(runs).toEqual(['2026-03-28T11:00:00.000Z', '2026-03-29T10:00:00.000Z']);
  });

  it('runs when the machine slept or its time was set: the date is looked at again at least every minute', async () => {
    class Jumping extends FakeClock {
      jump = 0;
      override wallTime(): number {
        return super.wallTime() + this.jump;
      }
    }
    const clock = new Jumping('2026-03-06T08:00:00Z');
    const runs: string[] = [];
    class Calendar {
      @Scheduled({ cron: '0 0 12 * * *', timeZone: 'UTC' })
      work(): void {
        runs.push(new Date(clock.wallTime()).toISOString());
      }
    }
    await using _application = await started({ services: [Calendar], clock });

    await clock.advance(1_000);
    clock.jump = 4 * 3_600_000;
    await clock.advance(60_000);

    expect(runs).toEqual(['2026-03-06T12:01:00.000Z']);
  });

  it('does not run a date again when the time was set back', async () => {
    class Jumping extends FakeClock {
      jump = 0;
      override wallTime(): number {
        return super.wallTime() + this.jump;
      }
    }
    const clock = new Jumping('2026-03-06T11:59:59Z');
    let runs = 0;
    class Calendar {
      @Scheduled({ cron: '0 0 12 * * *', timeZone: 'UTC' })
      work(): void {
        runs += 1;
        clock.jump = -2_000;
      }
    }
    await using application = await started({ services: [Calendar], clock });

    await clock.advance(10_000);

    expect(runs).toBe(1);
    expect(application.schedules.describe()[0]?.next).toEqual(new Date('2026-03-07T12:00:00Z'));
  });

  it('leaves out what falls due during a run, as in Spring', async () => {
    const clock = new FakeClock('2026-03-06T08:00:00Z');
    const first = gate();
    let runs = 0;
    class Slow {
      @Scheduled({ cron: '*/10 * * * * *' })
      work(): Promise<void> | undefined {
        runs += 1;
        return runs === 1 ? first.opened : undefined;
      }
    }
    await using application = await started({ services: [Slow], clock });

    await clock.advance(35_000);
    first.open();
    await clock.advance(5_000);

    expect(application.schedules.describe()).toMatchObject([{ runs: 2, skipped: 2 }]);
  });

  it('is turned off by a dash, as in Spring', async () => {
    const clock = new FakeClock();
    class Off {
      @Scheduled({ cron: '${cron:-}' })
      work(): void {
        throw new Error('it runs');
      }
    }
    await using application = await started({ services: [Off], clock });

    await clock.advance(1_000_000);

    expect(application.schedules.describe()).toMatchObject([
      { trigger: 'never: turned off', runs: 0, next: undefined },
    ]);
  });

  it('may hold placeholders, as may its time zone and the numbers of the other forms', async () => {
    const clock = new FakeClock('2026-03-06T08:00:00Z');
    class Configured {
      @Scheduled({ cron: '0 0 ${hour} * * *', timeZone: '${zone}' })
      @Scheduled({ fixedRate: '${rate}', initialDelay: '${delay:5}' })
      work(): void {}
    }
    await using application = await started({
      services: [Configured],
      clock,
      properties: { hour: 12, zone: 'UTC', rate: 100 },
    });

    expect(application.schedules.describe().map(({ trigger }) => trigger)).toEqual([
      'cron 0 0 12 * * * (UTC)',
      'every 100 ms',
    ]);
  });
});

describe('a scheduled method', () => {
  it('may be a controller’s, and a base class’s, with the instance as `this`', async () => {
    const clock = new FakeClock();
    const runs: string[] = [];
    abstract class Ticker {
      abstract readonly name: string;
      @Scheduled({ fixedRate: 10 })
      tick(): void {
        runs.push(this.name);
      }
    }
    @Controller()
    class Prices extends Ticker {
      readonly name = 'prices';
    }
    await using _application = await started({ controllers: [Prices], clock });

    await clock.advance(0);

    expect(runs).toEqual(['prices']);
  });

  it('that is overridden runs as overridden, by the base class’s schedule unless it has its own', async () => {
    const clock = new FakeClock();
    class Base {
      @Scheduled({ fixedRate: 10 })
      first(): void {}
      @Scheduled({ fixedRate: 10 })
      second(): void {}
    }
    class Derived extends Base {
      override first(): void {}
      @Scheduled({ fixedDelay: 20 })
      override second(): void {}
    }
    await using application = await started({ services: [Derived], clock });

    expect(application.schedules.describe().map(({ name, trigger }) => [name, trigger])).toEqual([
      ['Derived.first', 'every 10 ms'],
      ['Derived.second', '20 ms after the last run'],
    ]);
  });

  it('runs on after it threw or rejected, which is logged and published', async () => {
    const clock = new FakeClock();
    const logger = new RecordingLogger();
    const published: unknown[] = [];
    const listen = (event: unknown): void => void published.push(event);
    channel('treadle:schedule.failed').subscribe(listen);
    const thrown: readonly [Error, Error] = [new Error('first'), new Error('second')];
    let run = 0;
    class Unlucky {
      @Scheduled({ fixedRate: 100 })
      work(): Promise<void> | undefined {
        run += 1;
        if (run === 1) throw thrown[0];
        return run === 2 ? Promise.reject(thrown[1]) : undefined;
      }
    }
    await using application = await started({ services: [Unlucky], clock, logger });

    await clock.advance(200);

    channel('treadle:schedule.failed').unsubscribe(listen);
    expect(application.schedules.describe()).toMatchObject([{ runs: 3, failures: 2 }]);
    expect(logger.lines.filter(({ level }) => level === 'error')).toEqual(
      thrown.map((error) => ({
        level: 'error',
        message: 'the scheduled method Unlucky.work failed',
        details: { error },
      })),
    );
    expect(published).toEqual(thrown.map((error) => ({ name: 'Unlucky.work', error })));
  });

  it('begins when every service has started', async () => {
    const clock = new FakeClock();
    const order: string[] = [];
    class Eager {
      @Scheduled({ fixedRate: 10 })
      work(): void {
        order.push('run');
      }
    }
    class Late {
      async onApplicationStart(): Promise<void> {
        await clock.advance(50);
        order.push('started');
      }
    }
    await using _application = await started({ services: [Eager, Late], clock });

    await clock.advance(0);

    expect(order).toEqual(['started', 'run']);
  });

  it('is described with its runs, its last one and its next', async () => {
    const clock = new FakeClock('2026-03-06T08:00:00Z');
    class Quotes {
      @Scheduled({ fixedRate: 100, initialDelay: 50 })
      send(): Promise<void> {
        return new Promise((resolve) => clock.setTimeout(resolve, 20));
      }
    }
    await using application = await started({ services: [Quotes], clock });
    const { schedules } = application;

    const before = schedules.describe();
    await clock.advance(60);
    const during = schedules.describe();
    await clock.advance(20);
    const after = schedules.describe();

    const at = (milliseconds: number): Date => new Date(Date.parse('2026-03-06T08:00:00Z') + milliseconds);
    const common = { name: 'Quotes.send', trigger: 'every 100 ms', failures: 0, skipped: 0 };
    const never = { lastRunAt: undefined, lastDurationMs: undefined };
    expect(before).toEqual([{ ...common, ...never, runs: 0, isRunning: false, next: at(50) }]);
    expect(during).toEqual([
      { ...common, runs: 1, isRunning: true, lastRunAt: at(50), lastDurationMs: undefined, next: undefined },
    ]);
    expect(after).toEqual([
      { ...common, runs: 1, isRunning: false, lastRunAt: at(50), lastDurationMs: 20, next: at(150) },
    ]);
    expect(application.container.resolve(Schedules)).toBe(schedules);
    expect(application.stats().schedules).toEqual(after);
  });
});

describe('the stop of the application', () => {
  it('lets no run begin any more and leaves no timer', async () => {
    const clock = new FakeClock();
    let runs = 0;
    class Quotes {
      @Scheduled({ fixedRate: 10 })
      @Scheduled({ cron: '* * * * * *' })
      send(): void {
        runs += 1;
      }
    }
    const application = await started({ services: [Quotes], clock });
    await clock.advance(5);

    await application.stop();
    await clock.advance(10_000);

    expect(runs).toBe(1);
    expect(clock.timerCount).toBe(0);
    expect(application.schedules.describe()[0]?.next).toBeUndefined();
  });

  it('waits for the run in progress before services are stopped', async () => {
    const clock = new FakeClock();
    const order: string[] = [];
    const work = gate();
    class Slow {
      @Scheduled({ fixedDelay: 10 })
      async work(): Promise<void> {
        await work.opened;
        order.push('run ended');
      }
      onApplicationStop(): void {
        order.push('stopped');
      }
    }
    const application = await started({ services: [Slow], clock });
    await clock.advance(0);

    const stopped = application.stop();
    await clock.advance(100);
    work.open();
    await stopped;

    expect(order).toEqual(['run ended', 'stopped']);
    expect(clock.timerCount).toBe(0);
  });

  it('waits no longer than its time, and names the method it leaves behind', async () => {
    const clock = new FakeClock();
    const logger = new RecordingLogger();
    class Stuck {
      @Scheduled({ fixedDelay: 10 })
      work(): Promise<void> {
        return new Promise(() => undefined);
      }
    }
    const application = await started({ services: [Stuck], clock, logger, limits: { stopTimeMs: 300 } });
    await clock.advance(0);

    const stopped = application.stop();
    await clock.advance(300);
    await stopped;

    expect(logger.lines).toContainEqual({
      level: 'warn',
      message: 'the scheduled method Stuck.work is still running; the stop does not wait',
      details: {},
    });
  });

  it('during the start begins no schedule', async () => {
    const clock = new FakeClock();
    class Quotes {
      @Scheduled({ fixedRate: 10 })
      send(): void {}
    }
    const application = createApplication({
      services: [Quotes],
      clock,
      logger: new RecordingLogger(),
      statsIntervalMs: 0,
    });

    const starting = application.start();
    const stopped = application.stop();
    await expect(starting).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    await stopped;

    expect(application.schedules.describe()).toEqual([]);
    expect(clock.timerCount).toBe(0);
  });
});
