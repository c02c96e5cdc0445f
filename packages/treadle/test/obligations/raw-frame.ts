/** A frame as it came over the wire: nothing is unescaped or trimmed. Read without the codec under test. */
export class RawFrame {
  readonly command: string;
  /** Its header lines, in order. */
  readonly lines: readonly string[];
  readonly body: Buffer;

  constructor(command: string, lines: readonly string[], body: Buffer) {
    this.command = command;
    this.lines = lines;
    this.body = body;
  }

  /** All of it as text, its NUL included. */
  get text(): string {
    return `${[this.command, ...this.lines].join('\n')}\n\n${this.body.toString()}\0`;
  }

  /** The values of a header, in order. */
  all(name: string): string[] {
    return this.lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1));
  }

  /** The first value of a header. */
  header(name: string): string | undefined {
    return this.all(name)[0];
  }
}

const LF = 0x0a;

/** Cuts octets into frames by the grammar alone: command, header lines, an empty line, a body, a NUL (STOMP 1.2 § Augmented BNF). */
export class RawFrameReader {
  readonly frames: RawFrame[] = [];
  /** Line ends between frames. */
  heartBeats = 0;
  /** All octets that came. */
  octets = 0;
  #rest: Buffer = Buffer.alloc(0);

  read(chunk: Uint8Array): void {
    this.octets += chunk.length;
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#readOne()) continue;
  }

  #readOne(): boolean {
    if (this.#rest[0] === LF) {
      this.heartBeats += 1;
      this.#rest = this.#rest.subarray(1);
      return true;
    }
    const headEnd = this.#rest.indexOf('\n\n');
    if (headEnd < 0) return false;
    const [command = '', ...lines] = this.#rest.toString('utf8', 0, headEnd).split('\n');
    const bodyStart = headEnd + 2;
    const nul = this.#nul(lines, bodyStart);
    if (nul < 0 || nul >= this.#rest.length) return false;
    if (this.#rest[nul] !== 0) throw new Error(`no NUL ends the body of ${command}`);
    this.frames.push(new RawFrame(command, lines, Buffer.from(this.#rest.subarray(bodyStart, nul))));
    this.#rest = this.#rest.subarray(nul + 1);
    return true;
  }

  #nul(lines: readonly string[], bodyStart: number): number {
    const announced = lines.find((line) => line.startsWith('content-length:'));
    return announced ? bodyStart + Number(announced.slice(15)) : this.#rest.indexOf(0, bodyStart);
  }
}
