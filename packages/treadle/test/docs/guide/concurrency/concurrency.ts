import 'reflect-metadata';
import {
  Concurrent,
  Controller,
  createApplication,
  DestinationVariable,
  MessageMapping,
  SendToUser,
  silentLogger,
  SubscribeMapping,
  TimeLimit,
} from 'treadle';
import { injectable } from 'tsyringe';

interface Report {
  readonly year: number;
}

/** Reports that take as long as it takes to ask for the next one: the last one asked for is ready first. */
@injectable()
export class Reports {
  readonly #waiting: (() => void)[] = [];

  async create(year: number, signal: AbortSignal): Promise<Report> {
    signal.throwIfAborted();
    if (year < 2026) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else for (const ready of this.#waiting.toReversed()) setImmediate(ready);
    return { year };
  }

  async total(year: number): Promise<number> {
    return Promise.resolve(year * 2);
  }
}

@Controller()
class ReportController {
  constructor(private readonly reports: Reports) {}

  /** Up to four reports of one session are in progress; the fifth waits. */
  @MessageMapping('/reports/{year}')
  @SendToUser({ destinations: ['/queue/reports'], broadcast: false })
  @Concurrent(4)
  @TimeLimit(30_000)
  create(@DestinationVariable('year', Number) year: number, signal: AbortSignal): Promise<Report> {
    return this.reports.create(year, signal);
  }

  /** What the report page asks for at once when it opens. */
  @SubscribeMapping('/totals/{year}')
  @Concurrent(12)
  totals(@DestinationVariable('year', Number) year: number): Promise<number> {
    return this.reports.total(year);
  }
}

export const application = createApplication({
  controllers: [ReportController],
  services: [Reports],
  logger: silentLogger,
});
