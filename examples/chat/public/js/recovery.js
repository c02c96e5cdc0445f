/**
 * How far one subscription has come. A destination with history numbers its messages (`offset`, in one `epoch`); a SUBSCRIBE that names the last number
 * gets what was published since. Where the server keeps no history it names none, and nothing is asked for.
 *
 * @typedef {{ offset?: string, epoch?: string }} Position
 */
export class Recovery {
  /** @type {Position} */
  #position = {};
  /** Of a message that was faster than the RECEIPT. @type {Position | undefined} */
  #early;
  #isLive = false;

  /** Something subscribes, again or for the first time. @returns {Position} headers for the SUBSCRIBE */
  begin() {
    this.#isLive = false;
    this.#early = undefined;
    return this.#position;
  }

  /**
   * The subscription is live.
   *
   * @param {Record<string, string>} headers of the RECEIPT
   * @returns {boolean} true when everything that was missed comes by itself; false when some of it is gone, or nothing was asked for
   */
  subscribed({ recovered, offset, epoch }) {
    this.#isLive = true;
    this.#position = this.#early ?? positionOf({ offset, epoch });
    return recovered === 'true';
  }

  /** A message has been dealt with. @param {Record<string, string>} headers */
  received({ offset, epoch }) {
    // Until the RECEIPT has come nobody knows whether messages before this one are missing: it must not be where the next SUBSCRIBE begins.
    if (this.#isLive) this.#position = positionOf({ offset, epoch });
    else this.#early = positionOf({ offset, epoch });
  }
}

function positionOf({ offset, epoch }) {
  return offset === undefined ? {} : { offset, epoch };
}
