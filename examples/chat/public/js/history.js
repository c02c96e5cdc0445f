/** Brings a conversation's messages from the server: the newest first, then whatever was missed. */
export class History {
  #api;
  #onLoaded;
  #onProblem;
  #loads = new Map();

  /**
   * @param {import('./api.js').Api} api
   * @param {{
   *   onLoaded: (conversation: import('./conversation.js').Conversation, messages: object[]) => void,
   *   onProblem: (error: Error, conversation: import('./conversation.js').Conversation) => void,
   * }} callbacks
   */
  constructor(api, { onLoaded, onProblem }) {
    this.#api = api;
    this.#onLoaded = onLoaded;
    this.#onProblem = onProblem;
  }

  /** Loads the newest messages the first time, later what follows those that are here without a gap. */
  load(conversation) {
    return this.#inTurn(conversation, async () => {
      // A gap that is noticed while this load is on its way needs the next one.
      conversation.hasGap = false;
      try {
        let hasMore = true;
        while (hasMore) hasMore = await this.#loadNext(conversation);
      } catch (error) {
        conversation.hasGap = true;
        throw error;
      }
    });
  }

  /** Loads what was said before the oldest message that is here. */
  loadEarlier(conversation) {
    return this.#inTurn(conversation, async () => {
      const page = await this.#read(conversation, { before: conversation.oldestLoaded });
      conversation.hasEarlier = page.hasMore;
      this.#onLoaded(conversation, page.messages);
    });
  }

  /** @returns {Promise<boolean>} whether there is more */
  async #loadNext(conversation) {
    const isFirst = !conversation.isLoaded;
    const page = await this.#read(conversation, isFirst ? {} : { after: conversation.loadedUpTo });
    if (isFirst) conversation.hasEarlier = page.hasMore;
    conversation.isLoaded = true;
    conversation.noteLoaded(page.messages.at(-1)?.position ?? 0);
    this.#onLoaded(conversation, page.messages);
    return page.hasMore && !isFirst;
  }

  async #read(conversation, range) {
    const page = await this.#api.messages(conversation.historyPath, range);
    for (const message of page.messages) conversation.add(message);
    return page;
  }

  /** One load after the other: the next one begins where this one has ended. */
  #inTurn(conversation, work) {
    const before = this.#loads.get(conversation) ?? Promise.resolve();
    const load = before.then(work).catch((error) => this.#onProblem(error, conversation));
    this.#loads.set(conversation, load);
    return load;
  }
}
