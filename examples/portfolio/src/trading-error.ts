import { ApplicationError } from 'treadle';

/** What can be wrong with a trade or an alert. Codes are stable: pages and programs switch on them. */
export type TradingErrorCode = 'TICKER_UNKNOWN' | 'NOT_ENOUGH_CASH' | 'NOT_ENOUGH_SHARES' | 'LIMIT_INVALID';

/** A refusal that the trader is told about: the message is a sentence for them, the details are facts for their page. */
export class TradingError extends ApplicationError {
  /** @param details such as `{ missing: 1290 }`, in cents */
  constructor(
    override readonly code: TradingErrorCode,
    sentence: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(code, sentence, { details });
  }
}
