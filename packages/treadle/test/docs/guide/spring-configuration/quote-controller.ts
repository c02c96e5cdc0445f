import { Controller, DestinationVariable, SubscribeMapping } from 'treadle';

@Controller()
export class QuoteController {
  @SubscribeMapping('/quotes/{tea}')
  quote(@DestinationVariable('tea') tea: string): string {
    return `${tea}: 12.50`;
  }
}
