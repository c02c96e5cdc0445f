import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { interval, map, take } from 'rxjs';
import {
  Controller,
  createApplication,
  DestinationVariable,
  MessageMapping,
  reply,
  SendTo,
  SubscribeMapping,
} from 'treadle';

/** Where the rows of the examples come from; a database has a cursor like it. */
async function* readRows(_signal: AbortSignal): AsyncGenerator<string> {
  yield* ['first row', 'second row'];
}

@Controller()
class QuoteController {
  @SubscribeMapping('/quotes/{symbol}')
  async *quotes(@DestinationVariable('symbol') symbol: string, signal: AbortSignal) {
    for (let price = 100; ; price += 1) {
      yield { symbol, price };
      await sleep(10, undefined, { signal });
    }
  }

  @MessageMapping('/export')
  @SendTo('/topic/rows')
  async *rows(signal: AbortSignal) {
    for await (const row of readRows(signal)) yield row;
  }

  @SubscribeMapping('/countdown')
  countdown() {
    return interval(1).pipe(
      map((tick) => 3 - tick),
      take(4),
    );
  }

  @SubscribeMapping('/pages')
  *pages() {
    yield { page: 1 };
    yield { page: 2 };
    yield reply({ pages: 2 }).headers({ 'stream-end': true });
  }
}

export const application = createApplication({ controllers: [QuoteController] });
