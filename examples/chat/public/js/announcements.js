/** What is announced to everybody: live, and after a lost connection what was announced meanwhile. */
export class Announcements {
  #connection;
  #api;
  #onAnnouncement;
  /** Positions that have been shown. @type {Set<number>} */
  #shown = new Set();
  /** Up to here nothing is missing. @type {number | undefined} */
  #knownUpTo;

  /**
   * @param {import('./connection.js').Connection} connection
   * @param {import('./api.js').Api} api
   * @param {(announcement: { text: string, sender: string, sentAt: string }) => void} onAnnouncement each is told once
   */
  constructor(connection, api, onAnnouncement) {
    this.#api = api;
    this.#onAnnouncement = onAnnouncement;
    this.#connection = connection;
  }

  /** Listens from now on, or as soon as there is a connection. */
  listen() {
    this.#connection.subscribe('/topic/announcements', (announcement) => this.#show(announcement), {
      onLive: ({ isRecovered }) => void (isRecovered || this.#loadMissed()),
    });
  }

  /** The first time it only learns where to begin: what was announced before this page was opened is no news. */
  async #loadMissed() {
    try {
      const { announcements, lastPosition } = await this.#api.announcements(this.#knownUpTo);
      for (const announcement of announcements) this.#show(announcement);
      this.#knownUpTo = lastPosition;
    } catch {
      // The connection's next beginning asks again, from the same position.
    }
  }

  #show(announcement) {
    if (this.#shown.has(announcement.position)) return;
    this.#shown.add(announcement.position);
    this.#onAnnouncement(announcement);
  }
}
