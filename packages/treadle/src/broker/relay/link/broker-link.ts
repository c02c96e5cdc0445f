import type { StompVersion } from '@treadle/stomp';

/** A frame to the broker. Its headers are written as they are, `content-length` is added. */
export interface LinkFrame {
  readonly command: 'SEND' | 'SUBSCRIBE' | 'UNSUBSCRIBE' | 'ACK' | 'NACK' | 'BEGIN' | 'COMMIT' | 'ABORT';
  /** Flat, without `receipt`. */
  readonly headers: readonly string[];
  readonly body?: Uint8Array;
}

/** A MESSAGE frame of the broker. */
export interface BrokerMessage {
  /** Flat, as they came. */
  readonly headers: readonly string[];
  /** A view of what was read: copy it (`ownOctets`) before it is kept. */
  readonly body: Uint8Array;
}

/** One conversation with a broker: from its CONNECTED to its end. */
export interface BrokerLink {
  /** What CONNECTED said in `server`, such as `RabbitMQ/3.10.8`. */
  readonly server: string | undefined;
  readonly version: StompVersion;
  /** `stomp://host:port`: which of several hosts it is. */
  readonly address: string;
  /** False once the conversation is over. */
  readonly isOpen: boolean;
  /** Writes a frame; frames leave in the order of these calls. Dropped when the link is over. */
  send(frame: LinkFrame): void;
  /**
   * Writes a frame with a `receipt` and resolves when the broker has answered it.
   * @throws MessageRejectedError `BROKER_REFUSED` (an ERROR frame that names the receipt), `OUTCOME_UNKNOWN` (the link was lost, or the answer did not come in
   *   time: then the link is given up), `BROKER_UNAVAILABLE` (it was over before the frame was written)
   */
  request(frame: LinkFrame): Promise<void>;
  /** `undefined` while the broker keeps up with what is written, else the promise of that or of the end; never rejects. */
  whenWritable(): Promise<void> | undefined;
  /** Reads nothing for now: the broker waits. It is not taken for dead meanwhile. */
  pause(): void;
  resume(): void;
  /** Ends in order: what was written is handled first (DISCONNECT with `receipt`). Resolves when the connection is gone, or has been cut after a while. */
  close(): Promise<void>;
  /** Cuts the connection. The listener is told. */
  terminate(reason: string): void;
}

/** Who is told what happens on a link. Called synchronously, in the order of the broker's frames; never after `onLost`. */
export interface BrokerLinkListener {
  onMessage(message: BrokerMessage): void;
  /** An ERROR frame that names no receipt. The link may live on: RabbitMQ's and ActiveMQ's mostly do. */
  onError(error: { readonly message: string; readonly body: string }): void;
  /** Once: the conversation is over, and not by `close`. */
  onLost(reason: Error): void;
}
