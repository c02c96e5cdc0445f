/** All amounts are whole cents, on the wire too: sums of them are exact. */
export type Cents = number;

const DOLLARS = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** `$1,234.50`, for sentences. */
export function dollars(amount: Cents): string {
  return DOLLARS.format(amount / 100);
}
