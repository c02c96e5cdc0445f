import { injectable } from 'tsyringe';

/** A bid that does not stand. */
export class BidRefused extends Error {}

export interface Bid {
  readonly lot: string;
  readonly amount: number;
  readonly bidder: string;
}

/** The auctions and their highest bids. */
@injectable()
export class AuctionHouse {
  readonly #highest = new Map<string, Bid>();

  lotsOf(auction: string): readonly Bid[] {
    return [...this.#highest].filter(([key]) => key.startsWith(`${auction}/`)).map(([, bid]) => bid);
  }

  /** @returns the bid that was highest before, if it is somebody else's. @throws BidRefused */
  bid(auction: string, bid: Bid): Bid | undefined {
    const before = this.#highest.get(`${auction}/${bid.lot}`);
    if (before && before.amount >= bid.amount) throw new BidRefused(`${before.amount} is bid already`);
    this.#highest.set(`${auction}/${bid.lot}`, bid);
    return before?.bidder === bid.bidder ? undefined : before;
  }
}
