import type { OptionsDraft } from './options-draft.js';

/** Bounds of a WebSocket session (Spring: `WebSocketTransportRegistration`). Fills the option `limits`. */
export class WebSocketTransportRegistration {
  readonly #draft: OptionsDraft;

  /** @internal */
  constructor(draft: OptionsDraft) {
    this.#draft = draft;
  }

  /** Octets of one frame's body: `limits.frameBodyOctets`. Spring counts the whole frame; headers have limits of their own here. */
  setMessageSizeLimit(octets: number): this {
    this.#draft.setLimit('frameBodyOctets', octets, 'setMessageSizeLimit');
    return this;
  }

  /** Milliseconds that a client may take nothing while something waits for it: `limits.sendTimeMs`. */
  setSendTimeLimit(milliseconds: number): this {
    this.#draft.setLimit('sendTimeMs', milliseconds, 'setSendTimeLimit');
    return this;
  }

  /** Octets that may wait for a slow client: `limits.sendBufferOctets`. */
  setSendBufferSizeLimit(octets: number): this {
    this.#draft.setLimit('sendBufferOctets', octets, 'setSendBufferSizeLimit');
    return this;
  }

  /** Milliseconds a connection has to send CONNECT, and for CONNECT to be accepted: `limits.connectTimeMs`. */
  setTimeToFirstMessage(milliseconds: number): this {
    this.#draft.setLimit('connectTimeMs', milliseconds, 'setTimeToFirstMessage');
    return this;
  }
}
