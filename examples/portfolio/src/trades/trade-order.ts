import { IsIn, IsInt, Matches, Max, Min } from 'class-validator';

export type TradeAction = 'buy' | 'sell';

/** What a trader asks for. The price is the market's, at the moment of the trade. */
export class TradeOrder {
  @IsIn(['buy', 'sell'], { message: 'Choose whether to buy or to sell.' })
  readonly action!: TradeAction; // set from JSON, checked before a handler sees it

  @Matches(/^[A-Z]{2,5}$/, { message: 'A ticker has two to five capitals.' })
  readonly ticker!: string; // set from JSON, checked before a handler sees it

  @Min(1, { message: 'Trade at least one share.' })
  @Max(10_000, { message: 'Trade at most 10,000 shares at a time.' })
  @IsInt({ message: 'Shares are traded in whole numbers.' })
  readonly shares!: number; // set from JSON, checked before a handler sees it
}
