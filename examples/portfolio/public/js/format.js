const MONEY = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const SIGNED_MONEY = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', signDisplay: 'exceptZero' });
const SIGNED_PERCENT = new Intl.NumberFormat('en-US', {
  style: 'percent',
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
});
const COUNT = new Intl.NumberFormat('en-US');
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `$1,234.50`. @param {number} cents */
export const money = (cents) => MONEY.format(cents / 100);

/** `+$1,234.50`, `-$5.00`. @param {number} cents */
export const signedMoney = (cents) => SIGNED_MONEY.format(cents / 100);

/** `+1.25%`. @param {number} part of one */
export const signedPercent = (part) => SIGNED_PERCENT.format(part);

/** `1 share`, `2,000 shares`. @param {number} shares */
export const shareCount = (shares) => `${COUNT.format(shares)} ${shares === 1 ? 'share' : 'shares'}`;

/** `14:05:09`, in the reader's time zone. @param {Date} date */
export const timeOf = (date) => TIME.format(date);

/** The class for a change: `up`, `down`, `same`. @param {number} change */
export function directionOf(change) {
  if (change === 0) return 'same';
  return change > 0 ? 'up' : 'down';
}
