import type { Cents } from '../money.js';

/** A listed company. */
export interface Stock {
  /** Two to five capitals; part of its destination, `/topic/price.stock.{ticker}`. */
  readonly ticker: string;
  readonly company: string;
  /** The price the day began with. */
  readonly open: Cents;
}

/** All that is traded here. None of them exists. */
export const LISTED_STOCKS: readonly Stock[] = [
  { ticker: 'LOOM', company: 'Loom & Warp', open: 13_240 },
  { ticker: 'INDG', company: 'Indigo Robotics', open: 28_815 },
  { ticker: 'SHTL', company: 'Shuttle Freight', open: 8_490 },
  { ticker: 'FLAX', company: 'Flaxen Energy', open: 4_120 },
  { ticker: 'DYEW', company: 'Dyeworks Chemical', open: 6_075 },
  { ticker: 'SELV', company: 'Selvedge Bank', open: 2_130 },
  { ticker: 'BOBN', company: 'Bobbin Foods', open: 5_360 },
  { ticker: 'HEDL', company: 'Heddle Works', open: 1_785 },
];
