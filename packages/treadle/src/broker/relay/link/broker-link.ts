import type { StompVersion } from '@treadle/stomp';
import type { Dialect } from '../dialect/dialect.js';

/** A frame to the broker. Its headers are written as they are, `content-length` is added. */
export interface LinkFrame {
  readonly command: 'SEND' | 'SUBSCRIBE' | 'UNSUBSCRIBE' | 'ACK' | 'NACK' | 'BEGIN' | 'COMMIT' | 'ABORT';
  /** Flat, without `receipt`. */
  readonly headers: readonly string[];
  /** Copied at once. */
  readonly body?: Uint8Array;
}

/** A MESSAGE frame of the broker. */
export interface BrokerMessage {
  /** Flat, as they came. */
  readonly headers: readonly string[];
  /** A view of what was read: copy it (`ownOctets`) before it is kept. */
  readonly body: Uint8Array;
  /** Its body had more than `brokerFrameBodyOctets`, and is empty: for no receiver. It was logged. */
  readonly isOversized?: true;
}

/** An ERROR frame that names no receipt. For the log: its words are the broker's own, and no client's business. */
export interface BrokerErrorFrame {
  /** Of its `message` header. */
  readonly message: string;
  /** As text, at most 2 000 characters. */
  readonly body: string;
  /** Of its `subscription` header: RabbitMQ ends a subscription so whose queue was deleted. */
  readonly subscription: string | undefined;
}

/** One conversation with a broker: from its CONNECTED to its end. */
export interface BrokerLink {
  /** What CONNECTED said in `server`, such as `RabbitMQ/3.10.8`. */
  readonly server: string | undefined;
  readonly version: StompVersion;
  /** How the broker wants to be spoken to. */
  readonly dialect: Dialect;
  /** `stomp://host:port`: which of several hosts it is. */
  readonly address: string;
  /** False once the conversation is over. */
  readonly isOpen: boolean;
  /** Writes a frame; frames leave in the order of these calls. Dropped when the link is over. */
  send(frame: LinkFrame): void;
  /**
   * Writes a frame with a `receipt` and resolves when the broker has answered it.
   * @throws MessageRejectedError `BROKER_REFUSED` (an ERROR frame that names the receipt, or that only this frame can have brought about), `OUTCOME_UNKNOWN`
   *   (the link was lost, or the answer did not come in time: then the link is given up), `BROKER_UNAVAILABLE` (it was over before the frame was
   *   written); none of them ends the session
   */
  request(frame: LinkFrame): Promise<void>;
  /**
   * `undefined` while the broker keeps up with what is written, else the promise of that or of the end; never rejects. Many may wait: look again afterwards
   * (`for (let room = link.whenWritable(); room; room = link.whenWritable()) await room;`).
   */
  whenWritable(): Promise<void> | undefined;
  /**
   * Reads nothing for now, not even what was received and not looked at: the broker waits. It is not taken for dead meanwhile, and may be late with its answers;
   * that it is gone may be noticed only after `resume`, or when something is written.
   */
  pause(): void;
  resume(): void;
  /**
   * Ends in order: what was written is handled first (DISCONNECT with `receipt`). Resolves when the connection is gone, or has been cut after a while.
   * @returns whether the broker has said that it handled everything
   */
  close(): Promise<boolean>;
  /** Cuts the connection. The listener is told. */
  terminate(reason: string): void;
}

/** Who is told what happens on a link. Called synchronously, in the order of the broker's frames; never after `onLost` or `close`. */
export interface BrokerLinkListener {
  onMessage(message: BrokerMessage): void;
  /** An ERROR frame that names no receipt. The link may live on: RabbitMQ's and ActiveMQ's mostly do. It was logged. */
  onError(error: BrokerErrorFrame): void;
  /** Once: the conversation is over, and not by `close`. Requests without an answer have failed before. */
  onLost(reason: Error): void;
}
