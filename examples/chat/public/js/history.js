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

  /** Loads the newest messages the first time, later what follows the newest one that is here. */
  load(conversation) {
    return this.#inTurn(conversation, async () => {
      let hasMore = true;
      while (hasMore) {
        const isFirst = !conversation.isLoaded;
        const page = await this.#read(conversation, isFirst ? {} : { after: conversation.newestLoaded });
        if (isFirst) conversation.hasEarlier = page.hasMore;
        hasMore = page.hasMore && !isFirst;
        conversation.isLoaded = true;
        this.#onLoaded(conversation, page.messages);
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
