import 'reflect-metadata';
import {
  ApplicationError,
  Controller,
  createApplication,
  DestinationVariable,
  MessageMapping,
  Payload,
  SendTo,
} from 'treadle';

@Controller()
@MessageMapping('/stock')
class StockController {
  readonly #cups = new Map([
    ['shelf', 5],
    ['table', 0],
  ]);

  @MessageMapping('/{place}')
  @SendTo('/topic/stock')
  change(@DestinationVariable('place') place: string, @Payload(Number) difference: number) {
    const cups = (this.#cups.get(place) ?? 0) + difference;
    if (cups < 0) throw new ApplicationError('TOO_FEW_CUPS', `The ${place} has too few cups.`);
    this.#cups.set(place, cups);
    return { place, cups };
  }
}

export const application = createApplication({ controllers: [StockController] });
