/**
 * How far one subscription has come. A destination with history numbers its messages (`offset`, in one `epoch`); a SUBSCRIBE that names the last number
 * gets what was published since. Where the server keeps no history it names none, and nothing is asked for.
 */
export class Recovery {
  #offset;
  #epoch;

  /** For the next SUBSCRIBE. @returns {{ offset?: string, epoch?: string }} */
  get headers() {
    return this.#epoch === undefined ? {} : { offset: this.#offset, epoch: this.#epoch };
  }

  /**
   * The subscription is live.
   *
   * @param {Record<string, string>} headers of the RECEIPT
   * @returns {boolean} true when everything that was missed comes by itself; false when some of it is gone, or nothing was asked for
   */
  subscribed({ recovered, offset, epoch }) {
    // A message may have been faster than the RECEIPT, and then knows better.
    const isBehind = epoch === this.#epoch && Number(offset) < Number(this.#offset);
    if (!isBehind) this.#moveTo(offset, epoch);
    return recovered === 'true';
  }

  /** A message has been dealt with. @param {Record<string, string>} headers */
  received({ offset, epoch }) {
    if (offset !== undefined) this.#moveTo(offset, epoch);
  }

  #moveTo(offset, epoch) {
    this.#offset = offset;
    this.#epoch = epoch;
  }
}
