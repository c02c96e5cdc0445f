import 'reflect-metadata';
import { ApplicationStatistics, Controller, createApplication, SubscribeMapping } from 'treadle';

@Controller()
class MetricsController {
  constructor(private readonly statistics: ApplicationStatistics) {}

  /** As Prometheus wants it; an HTTP route would do the same with `application.stats()`. */
  @SubscribeMapping('/metrics')
  metrics(): string {
    const { sessions, frames, handlers } = this.statistics.current();
    const counts = { sessions: sessions.current, handlers_in_flight: handlers.inFlight, slow: sessions.slowConsumers };
    const lines = Object.entries(counts).map(([name, value]) => `treadle_${name} ${value}`);
    const sent = Object.entries(frames).map(
      ([command, value]) => `treadle_frames_total{command="${command}"} ${value}`,
    );
    return [...lines, ...sent].join('\n');
  }
}

export const application = createApplication({ controllers: [MetricsController] });

export function numbers(): number[] {
  const { sessions, frames, handlers } = application.stats();
  return [sessions.current, frames.CONNECT, handlers.completed];
}
