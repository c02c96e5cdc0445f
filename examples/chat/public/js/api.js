/** The server refused a request, or could not be reached; the message is a sentence for people. */
export class ApiError extends Error {
  /** @param {string} code @param {string} sentence */
  constructor(code, sentence) {
    super(sentence);
    this.code = code;
  }
}

/** The JSON API of the chat, as one person. */
export class Api {
  #token;

  /** @param {string} [token] not needed to make an account */
  constructor(token) {
    this.#token = token;
  }

  createUser(name) {
    return this.#request('POST', '/api/users', { name });
  }

  async users() {
    return (await this.#request('GET', '/api/users')).users;
  }

  async rooms() {
    return (await this.#request('GET', '/api/chat-rooms')).rooms;
  }

  createRoom(room) {
    return this.#request('POST', '/api/chat-rooms', room);
  }

  async directConversations() {
    return (await this.#request('GET', '/api/direct-messages')).conversations;
  }

  /**
   * @param {string} path of a conversation's messages
   * @param {{ after?: number, before?: number }} [range]
   * @returns {Promise<{ messages: object[], hasMore: boolean }>}
   */
  messages(path, range = {}) {
    return this.#request('GET', `${path}?${new URLSearchParams(range)}`);
  }

  /** @param {number} [after] position of the last one that is known @returns {Promise<{ announcements: object[], lastPosition: number }>} */
  announcements(after) {
    return this.#request('GET', after === undefined ? '/api/announcements' : `/api/announcements?after=${after}`);
  }

  announce(text) {
    return this.#request('POST', '/api/announcements', { text });
  }

  async #request(method, path, body) {
    const headers = { accept: 'application/json' };
    if (this.#token) headers.authorization = `Bearer ${this.#token}`;
    if (body) headers['content-type'] = 'application/json';
    const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) }).catch(() => {
      throw new ApiError('UNREACHABLE', 'The server cannot be reached. Please try again in a moment.');
    });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    throw new ApiError(
      answer.code ?? 'UNKNOWN',
      answer.message ?? `The server answered with status ${response.status}.`,
    );
  }
}
