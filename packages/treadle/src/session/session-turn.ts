import type { Frame } from '@treadle/stomp';
import type { Turn } from '../messaging/turn.js';

/** The queue that gives turns. */
export interface TurnOwner {
  onLetGo(turn: SessionTurn): void;
  onDone(turn: SessionTurn): void;
  onFailed(turn: SessionTurn, error: unknown): void;
}

/**
 * The turn of a session's frame in progress. One of them serves all frames of a session as long as each is waited for; a frame that lets go keeps
 * its own.
 */
export class SessionTurn {
  /** The frame in progress, and none while nothing is: an idle session must not keep a body, nor the chunk it is a view of. */
  frame: Frame | undefined;
  readonly #owner: TurnOwner;

  constructor(owner: TurnOwner) {
    this.#owner = owner;
  }

  /** Lets go, if it is still the turn of this frame. */
  letGo(frame: Frame): void {
    if (this.frame === frame) this.#owner.onLetGo(this);
  }

  // Made once per session, not once per frame.
  readonly onDone = (): void => this.#owner.onDone(this);
  readonly onFailed = (error: unknown): void => this.#owner.onFailed(this, error);
}

/** The turn of one frame, for its message: it may be kept longer than the frame is in progress, and then does nothing. */
export class FrameTurn implements Turn {
  readonly #turn: SessionTurn;
  readonly #frame: Frame;

  constructor(turn: SessionTurn, frame: Frame) {
    this.#turn = turn;
    this.#frame = frame;
  }

  letGo(): void {
    this.#turn.letGo(this.#frame);
  }
}
