/**
 * The place of a client's message in the order of its session. While a message has its turn the session's later ones wait; who handles it may
 * let them go on.
 */
export interface Turn {
  /**
   * The session goes on with its next frame, though this message is still being handled. Does nothing when it did so already or the message is
   * done. Its RECEIPT, or ERROR, comes when the message is settled, whatever was answered meanwhile.
   */
  letGo(): void;
}
