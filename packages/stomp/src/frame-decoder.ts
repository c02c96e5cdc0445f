import { BodyGatherer } from './body-gatherer.js';
import { CommandMatcher, NO_LETTER, NO_MATCH } from './command-matcher.js';
import { contentLength, UNKNOWN_LENGTH } from './content-length.js';
import { StompProtocolError } from './errors.js';
import {
  CLIENT_COMMANDS,
  type Command,
  EMPTY_BODY,
  type Frame,
  type HeaderList,
  isNeverEscaped,
  permitsBody,
  SERVER_COMMANDS,
} from './frame.js';
import { changeLimits, DEFAULT_FRAME_LIMITS, type FrameLimits } from './frame-limits.js';
import { HeaderReader, UNFINISHED } from './header-reader.js';
import type { StompVersion } from './version.js';

/** How a {@link FrameDecoder} is set up. */
export interface FrameDecoderOptions {
  /** Each limit not given here has its value of {@link DEFAULT_FRAME_LIMITS}. */
  limits?: Partial<FrameLimits>;
  /** Whose commands are known; a server accepts `client`. Default `client`. */
  accepts?: 'client' | 'server' | 'any';
  /** Called for each whole frame, in order, while {@link FrameDecoder.decode} runs. */
  onFrame(frame: Frame): void;
  /**
   * Called instead, with an empty body, for each frame whose body has more than `maxBodyOctets`: it was read and dropped, and the decoder goes on behind it. Without it
   * such a body is `STOMP_BODY_TOO_LARGE`. Only for peers that are trusted to come to an end.
   */
  onOversized?(frame: Frame): void;
  /** Called for each line end between frames: all of them are heart-beats (STOMP 1.2 § Heart-beating). */
  onHeartBeat?(): void;
}

const NUL = 0x00;
const LF = 0x0a;
const CR = 0x0d;

type Part = 'command' | 'headers' | 'body';

const MATCHERS = {
  client: new CommandMatcher(CLIENT_COMMANDS),
  server: new CommandMatcher(SERVER_COMMANDS),
  any: new CommandMatcher([...CLIENT_COMMANDS, ...SERVER_COMMANDS]),
};

/**
 * Turns octets into frames, however they are split: inside a character, an escape or a CR LF pair, or joined.
 *
 * Each octet is read once and the position is kept between chunks. A body that lies in one chunk is a view of it, so a
 * chunk must not be changed after it was given to {@link decode}.
 */
export class FrameDecoder {
  /**
   * The version whose rules hold from the next frame on; set it when it is negotiated, also from inside `onFrame`.
   * Default 1.2. CONNECT, STOMP and CONNECTED are read alike in every version: no escapes, CR LF allowed.
   */
  version: StompVersion = '1.2';

  readonly #options: FrameDecoderOptions;
  readonly #matcher: CommandMatcher;
  readonly #headerReader: HeaderReader;
  readonly #gatherer = new BodyGatherer();
  #limits: FrameLimits;

  #part: Part = 'command';
  #commandState = NO_LETTER;
  #hasCarriageReturn = false;
  #command: Command = 'CONNECT';
  /** Of the frame that has begun: version and limits may change meanwhile. */
  #frameVersion: StompVersion = '1.2';
  #frameLimits: FrameLimits;
  #headers: HeaderList = [];
  #bodyLength = UNKNOWN_LENGTH;
  #isStopped = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: FrameDecoderOptions) {
    this.#options = options;
    this.#matcher = MATCHERS[options.accepts ?? 'client'];
    this.#limits = changeLimits(DEFAULT_FRAME_LIMITS, options.limits);
    this.#frameLimits = this.#limits;
    this.#headerReader = new HeaderReader(this.#limits);
  }

  /** Whether a frame has begun and not ended; line ends between frames do not begin one. */
  get isMidFrame(): boolean {
    return this.#part !== 'command' || this.#commandState !== NO_LETTER;
  }

  /** Changes the limits given here, from the next frame on; also from inside `onFrame`. */
  setLimits(limits: Partial<FrameLimits>): void {
    this.#limits = changeLimits(this.#limits, limits);
  }

  /**
   * Reads a chunk and calls `onFrame` for each frame that ends in it, synchronously and in order. Not to be called from
   * inside the callbacks.
   *
   * @returns how many octets were read: all of them, unless {@link stop} was called. The others come again, first, in a later call:
   *   `decode(chunk.subarray(read))`.
   * @throws StompProtocolError when the octets break the protocol or exceed a limit; and whatever `onFrame` throws.
   *   After that the rest of the chunk is lost, the decoder is spent and every later call throws the same error.
   */
  decode(chunk: Uint8Array): number {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#isStopped = false;
    try {
      let at = 0;
      while (at < chunk.length && !this.#isStopped) at = this.#read(chunk, at);
      return at;
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  /**
   * From inside `onFrame` or `onHeartBeat`: {@link decode} reads no further and returns. One chunk may hold hundreds of thousands of frames, and whoever
   * takes them may have enough for now.
   */
  stop(): void {
    this.#isStopped = true;
  }

  #read(chunk: Uint8Array, at: number): number {
    if (this.#part === 'command') return this.#readCommand(chunk, at);
    if (this.#part === 'headers') return this.#readHeaders(chunk, at);
    return this.#bodyLength === UNKNOWN_LENGTH ? this.#readBodyToNul(chunk, at) : this.#readCountedBody(chunk, at);
  }

  #readCommand(chunk: Uint8Array, from: number): number {
    let state = this.#commandState;
    for (let at = from; at < chunk.length; at++) {
      const octet = chunk[at]!; // at < chunk.length
      if (octet === LF) {
        const hadCarriageReturn = this.#hasCarriageReturn;
        this.#hasCarriageReturn = false;
        if (state !== NO_LETTER) {
          this.#beginHeaders(this.#matcher.commandAt(state), hadCarriageReturn);
          return at + 1;
        }
        this.#options.onHeartBeat?.();
        if (this.#isStopped) return at + 1;
        continue;
      }
      if (this.#hasCarriageReturn) throw unknownCommand('a carriage return is not followed by a line feed');
      if (octet === CR) {
        this.#hasCarriageReturn = true;
        continue;
      }
      state = this.#matcher.advance(state, octet);
      if (state === NO_MATCH) throw unknownCommand('no known command starts like this');
    }
    this.#commandState = state;
    return chunk.length;
  }

  #beginHeaders(command: Command | undefined, hadCarriageReturn: boolean): void {
    if (command === undefined) throw unknownCommand('the command is incomplete');
    // Before 1.2 a CR is no line end but part of the line (STOMP 1.1 § Augmented BNF).
    if (hadCarriageReturn && this.version !== '1.2' && !isNeverEscaped(command)) {
      throw unknownCommand(`${command} is followed by a carriage return, which STOMP ${this.version} does not allow`);
    }
    this.#commandState = NO_LETTER;
    this.#command = command;
    this.#frameVersion = this.version;
    this.#frameLimits = this.#limits;
    this.#headerReader.start(command, this.version, this.#limits);
    this.#part = 'headers';
  }

  #readHeaders(chunk: Uint8Array, from: number): number {
    const at = this.#headerReader.read(chunk, from);
    if (at === UNFINISHED) return chunk.length;
    this.#headers = this.#headerReader.takeHeaders(chunk, from, at);
    this.#bodyLength = contentLength(this.#headers);
    this.#gatherer.start(this.#bodyLength);
    if (this.#bodyLength > 0) this.#checkBodyLength(this.#bodyLength);
    this.#part = 'body';
    return at;
  }

  #readCountedBody(chunk: Uint8Array, from: number): number {
    const end = from + this.#bodyLength - this.#gatherer.length;
    if (end >= chunk.length) {
      this.#gatherer.add(chunk, from, chunk.length);
      return chunk.length;
    }
    if (chunk[end] !== NUL) {
      throw new StompProtocolError('STOMP_MISSING_NUL', `no NUL after ${this.#bodyLength} octets of ${this.#command}`);
    }
    this.#endFrame(chunk, from, end);
    return end + 1;
  }

  #readBodyToNul(chunk: Uint8Array, from: number): number {
    const nul = chunk.indexOf(NUL, from);
    const end = nul < 0 ? chunk.length : nul;
    if (end > from) this.#checkBodyLength(this.#gatherer.length + end - from);
    if (nul < 0) {
      this.#gatherer.add(chunk, from, end);
      return end;
    }
    this.#endFrame(chunk, from, end);
    return end + 1;
  }

  #checkBodyLength(octets: number): void {
    // In 1.0 the body of such a frame is ignored (STOMP 1.0 § SUBSCRIBE "The body of the SUBSCRIBE command is ignored").
    if (!permitsBody(this.#command) && this.#frameVersion !== '1.0') {
      throw new StompProtocolError('STOMP_BODY_NOT_ALLOWED', `${this.#command} has a body`);
    }
    if (octets > this.#frameLimits.maxBodyOctets) {
      if (this.#options.onOversized) return this.#gatherer.discard();
      const detail = `the body of ${this.#command} has more than ${this.#frameLimits.maxBodyOctets} octets`;
      throw new StompProtocolError('STOMP_BODY_TOO_LARGE', detail);
    }
  }

  #endFrame(chunk: Uint8Array, from: number, end: number): void {
    const isOversized = this.#gatherer.isDiscarding;
    const body = this.#takeBody(chunk, from, end);
    const command = this.#command;
    const frame: Frame = { command, headers: this.#headers, body: permitsBody(command) ? body : EMPTY_BODY };
    this.#headers = [];
    this.#part = 'command';
    if (isOversized) this.#options.onOversized?.(frame);
    else this.#options.onFrame(frame);
  }

  #takeBody(chunk: Uint8Array, from: number, end: number): Uint8Array {
    if (this.#gatherer.length > 0 || this.#gatherer.isDiscarding) {
      if (end > from) this.#gatherer.add(chunk, from, end);
      return this.#gatherer.take();
    }
    return end === from ? EMPTY_BODY : chunk.subarray(from, end);
  }
}

function unknownCommand(detail: string): StompProtocolError {
  return new StompProtocolError('STOMP_UNKNOWN_COMMAND', detail);
}
