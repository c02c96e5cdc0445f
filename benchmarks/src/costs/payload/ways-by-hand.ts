import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { Way } from '../cost.js';
import { ANSWER, answer, Trade, TRADE_OCTETS } from './trade.js';

/** The floor: what nobody can leave out, and checks as one would write them. */
export const byHand: Way = wayOf('by hand', 'JSON.parse, the checks as if-statements on the plain object', (value) =>
  isTrade(value) ? value : refuse(),
);

/** The same, with an instance of the class. */
export const instanceByHand: Way = wayOf(
  'instance by hand',
  'JSON.parse, the checks as if-statements, two assignments to an instance',
  (value) => {
    return isTrade(value) ? instanceOf(value) : refuse();
  },
);

/** What class-transformer adds. */
export const transformed: Way = wayOf(
  'class-transformer',
  'JSON.parse, the checks as if-statements, plainToInstance',
  (value) => (isTrade(value) ? plainToInstance(Trade, value) : refuse()),
);

/** What class-validator adds. */
export const validated: Way = wayOf(
  'class-validator',
  'JSON.parse, two assignments to an instance, validateSync',
  (value) => {
    const trade = instanceOf(value as Trade); // what follows is to find out
    return validateSync(trade).length === 0 ? trade : refuse();
  },
);

/** What both add. */
export const transformedAndValidated: Way = wayOf('both', 'JSON.parse, plainToInstance, validateSync', (value) => {
  const trade = plainToInstance(Trade, value);
  return validateSync(trade).length === 0 ? trade : refuse();
});

function wayOf(name: string, description: string, read: (value: object) => Trade): Way {
  // Octets to text and back again, as a message has to.
  const handle = (octets: Uint8Array): Buffer => {
    const value = JSON.parse(Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString()) as object; // it is one
    return Buffer.from(JSON.stringify(answer(read(value))));
  };
  return {
    name,
    description,
    async prepare() {
      const text = handle(TRADE_OCTETS).toString();
      if (text !== ANSWER) throw new Error(`${name} answers ${text}`);
      return Promise.resolve(async (times) => {
        let octets = 0;
        for (let time = 0; time < times; time += 1) octets += handle(TRADE_OCTETS).length;
        if (octets !== times * ANSWER.length) throw new Error(`${name} answered ${octets} octets`);
        return Promise.resolve();
      });
    },
  };
}

function instanceOf({ symbol, shares }: Trade): Trade {
  const trade = new Trade();
  trade.symbol = symbol;
  trade.shares = shares;
  return trade;
}

function isTrade(value: object): value is Trade {
  if (!('symbol' in value) || !('shares' in value)) return false;
  const { symbol, shares } = value;
  return (
    typeof symbol === 'string' &&
    symbol.length >= 1 &&
    symbol.length <= 10 &&
    typeof shares === 'number' &&
    Number.isInteger(shares) &&
    shares >= 1 &&
    shares <= 1_000_000
  );
}

function refuse(): never {
  throw new Error('the payload was refused');
}
