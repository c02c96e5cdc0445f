/** What was asked for was not done; the message is a sentence for people. */
export class RefusedError extends Error {
  /** @param {{ code: string, message: string, issues?: { path: string[], message: string }[] }} refusal as the server wrote it */
  constructor({ code, message, issues = [] }) {
    super(message);
    this.code = code;
    this.issues = issues;
  }
}

/** Requests that wait for their answer, each known by its correlation id. */
export class Requests {
  #waiting = new Map();

  /**
   * @param {boolean} isConnected
   * @param {(correlationId: string) => void} send
   * @returns {Promise<any>}
   */
  start(isConnected, send) {
    if (!isConnected) {
      return Promise.reject(new RefusedError({ code: 'NOT_CONNECTED', message: 'There is no connection just now.' }));
    }
    const id = newId();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      send(id);
    });
  }

  /** @returns {boolean} whether it was one of these requests */
  answer(id, body) {
    this.#waiting.get(id)?.resolve(body);
    return this.#waiting.delete(id);
  }

  /** @returns {boolean} whether it was one of these requests */
  refuse(id, refusal) {
    this.#waiting.get(id)?.reject(new RefusedError(refusal));
    return this.#waiting.delete(id);
  }

  /** @param {string} message */
  refuseAll(message) {
    for (const id of [...this.#waiting.keys()]) this.refuse(id, { code: 'CONNECTION_LOST', message });
  }
}

/** `crypto.randomUUID` is there only for pages of a secure origin, which an address of the own network is not. */
function newId() {
  const octets = crypto.getRandomValues(new Uint8Array(16));
  return [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}
