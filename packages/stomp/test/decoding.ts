import { FrameDecoder, type FrameDecoderOptions, StompProtocolError, type StompVersion } from '@treadle/stomp';

/** A frame as a test writes it: the body as text, one character per octet. */
export interface ExpectedFrame {
  readonly command: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** Octets, and what a decoder makes of them. */
export interface DecodingCase extends Pick<FrameDecoderOptions, 'accepts' | 'limits'> {
  /** A full sentence. */
  readonly title: string;
  /** What is fed; text goes as UTF-8. */
  readonly input: string | Uint8Array;
  /** Default 1.2. */
  readonly version?: StompVersion;
  /** Frames that come out; default none. */
  readonly frames?: readonly ExpectedFrame[];
  /** The code that is thrown after them; default none. */
  readonly error?: string;
}

/** What came out of a decoder. */
export interface Outcome {
  readonly frames: readonly Required<ExpectedFrame>[];
  readonly heartBeats: number;
  /** False after an error: a spent decoder is nowhere. */
  readonly isMidFrame: boolean;
  readonly error: string | undefined;
}

/**
 * Feeds a new decoder with these chunks, up to the first error.
 * @param stops whether the decoder is stopped behind the first, second … frame or heart-beat; it goes on with the rest
 */
export function decodeChunks(
  chunks: readonly Uint8Array[],
  setup: Partial<DecodingCase> = {},
  stops: readonly boolean[] = [],
): Outcome {
  const frames: Required<ExpectedFrame>[] = [];
  let heartBeats = 0;
  const stopIfAsked = (): void => {
    if (stops[frames.length + heartBeats - 1] === true) decoder.stop();
  };
  const decoder: FrameDecoder = new FrameDecoder({
    ...(setup.accepts === undefined ? {} : { accepts: setup.accepts }),
    ...(setup.limits === undefined ? {} : { limits: setup.limits }),
    onFrame: ({ command, headers, body }) => {
      frames.push({ command, headers, body: latin1(body) });
      stopIfAsked();
    },
    onHeartBeat: () => {
      heartBeats++;
      stopIfAsked();
    },
  });
  decoder.version = setup.version ?? '1.2';
  const error = codeThrownBy(() => {
    for (const chunk of chunks) for (let at = 0; at < chunk.length;) at += decoder.decode(chunk.subarray(at));
  });
  return { frames, heartBeats, isMidFrame: error === undefined && decoder.isMidFrame, error };
}

/** Runs every case whole, octet by octet, and joined to a frame before it. */
export function itDecodes(cases: readonly DecodingCase[]): void {
  describe.each(WAYS)('fed %s', (_way, chunksOf, framesBefore) => {
    it.each(cases.map((each) => [each.title, each] as const))('%s', (_title, each) => {
      const outcome = decodeChunks(chunksOf(octetsOf(each.input), each), each);

      const frames = [...framesBefore(each), ...(each.frames ?? [])].map(completeFrame);
      expect({ frames: outcome.frames, error: outcome.error }).toEqual({ frames, error: each.error });
    });
  });
}

/** UTF-8. */
export function octetsOf(input: string | Uint8Array): Uint8Array {
  return typeof input === 'string' ? new TextEncoder().encode(input) : input;
}

/** Cuts octets into chunks of one. */
export function octetByOctet(octets: Uint8Array): Uint8Array[] {
  return Array.from(octets, (octet) => Uint8Array.of(octet));
}

/** The code of the protocol error that this throws; any other error passes. */
export function codeThrownBy(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof StompProtocolError) return error.code;
    throw error;
  }
}

export function latin1(octets: Uint8Array): string {
  return Buffer.from(octets).toString('latin1');
}

type Way = [
  name: string,
  chunksOf: (octets: Uint8Array, each: DecodingCase) => Uint8Array[],
  framesBefore: FramesBefore,
];
type FramesBefore = (each: DecodingCase) => readonly ExpectedFrame[];

const WAYS: Way[] = [
  ['whole', (octets) => [octets], () => []],
  ['octet by octet', (octets) => octetByOctet(octets), () => []],
  ['behind another frame in one chunk', (octets, each) => [joinToFrame(octets, each)], (each) => [frameBefore(each)]],
  // What ends whole can come twice; what fails or is unfinished cannot.
  ['twice in one chunk', (octets, each) => [isWhole(each) ? join(octets, octets) : octets], (each) => secondTime(each)],
];

function frameBefore({ accepts }: DecodingCase): ExpectedFrame {
  if (accepts === 'server') return { command: 'RECEIPT', headers: ['receipt-id', '1'] };
  return { command: 'BEGIN', headers: ['transaction', '1'] };
}

function joinToFrame(octets: Uint8Array, each: DecodingCase): Uint8Array {
  const { command, headers = [] } = frameBefore(each);
  return join(octetsOf(`${command}\n${headers.join(':')}\n\n\0`), octets);
}

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}

function isWhole({ frames, error }: DecodingCase): boolean {
  return frames !== undefined && error === undefined;
}

function secondTime(each: DecodingCase): readonly ExpectedFrame[] {
  return isWhole(each) ? (each.frames ?? []) : [];
}

function completeFrame({ command, headers = [], body = '' }: ExpectedFrame): Required<ExpectedFrame> {
  return { command, headers, body };
}
