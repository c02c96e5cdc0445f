import type { Clock, Timer } from '../foundation/clock.js';

// A beat must arrive within the interval (STOMP 1.2 § Heart-beating): it leaves after two silent ticks of 0.4 at most, which
// leaves a fifth for the way.
const SEND_TICK = 0.4;

/** What heart-beats act on. */
export interface HeartBeatActions {
  /** Sends one. */
  beat(): void;
  /** The peer was silent for too long. */
  lost(): void;
  /** True while we do not read ourselves: silence then proves nothing. */
  isDeaf(): boolean;
  /** So many whole intervals of silence are the end. Default 2: servers allow two to three. */
  readonly silentIntervals?: number;
}

/** Keeps one conversation alive in both directions. Traffic only sets a flag; the ticks look at it. */
export class HeartBeats {
  readonly #clock: Clock;
  readonly #actions: HeartBeatActions;
  #hasSpoken = false;
  #hasHeard = false;
  #silentTicks = 0;
  #sendTimer: Timer | undefined;
  #expectTimer: Timer | undefined;

  constructor(clock: Clock, actions: HeartBeatActions) {
    this.#clock = clock;
    this.#actions = actions;
  }

  /**
   * @param sendEvery at least one octet within this time, in milliseconds; 0 = none
   * @param expectEvery the peer's promise, in milliseconds; 0 = none
   */
  start(sendEvery: number, expectEvery: number): void {
    if (sendEvery > 0) this.#sendTimer = this.#clock.setInterval(() => this.#sendTick(), sendEvery * SEND_TICK);
    if (expectEvery > 0) this.#expectTimer = this.#clock.setInterval(() => this.#expectTick(), expectEvery);
  }

  /** Something was sent. */
  spoke(): void {
    this.#hasSpoken = true;
  }

  /** Something was received, be it half a frame. */
  heard(): void {
    this.#hasHeard = true;
  }

  stop(): void {
    this.#sendTimer?.cancel();
    this.#expectTimer?.cancel();
  }

  #sendTick(): void {
    if (!this.#hasSpoken) this.#actions.beat();
    this.#hasSpoken = !this.#hasSpoken; // a beat is speech too: the next one is due in two ticks
  }

  #expectTick(): void {
    this.#silentTicks = this.#hasHeard || this.#actions.isDeaf() ? 0 : this.#silentTicks + 1;
    this.#hasHeard = false;
    if (this.#silentTicks < (this.#actions.silentIntervals ?? 2)) return;
    this.stop();
    this.#actions.lost();
  }
}
