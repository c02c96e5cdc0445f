import 'reflect-metadata';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';

/** The payload that is measured. */
export class Trade {
  @IsString() @Length(1, 10) symbol!: string;
  @IsInt() @Min(1) @Max(1_000_000) shares!: number;
}

/** As it comes. */
export const TRADE_OCTETS: Uint8Array = Buffer.from('{"symbol":"OOLONG","shares":250}');

/** As it goes back. */
export const ANSWER = '{"symbol":"OOLONG","total":500}';

/** What the application does with it: next to nothing, so that the rest is seen. */
export function answer({ symbol, shares }: Trade): object {
  return { symbol, total: shares * 2 };
}
