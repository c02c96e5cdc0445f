import {
  CLIENT_COMMANDS,
  type Command,
  encodeFrame,
  type Frame,
  isNeverEscaped,
  permitsBody,
  SERVER_COMMANDS,
  STOMP_ERRORS,
  STOMP_VERSIONS,
  type StompVersion,
} from '@treadle/stomp';
import * as fc from 'fast-check';
import { decodeChunks, type ExpectedFrame, latin1, octetByOctet } from './decoding';

const COMMANDS: readonly Command[] = [...CLIENT_COMMANDS, ...SERVER_COMMANDS];
const CODES: readonly (string | undefined)[] = [undefined, ...Object.keys(STOMP_ERRORS)];

/** Text in which what matters to the codec is frequent. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\\', ':', '\n', '\r', '\0', ' ', 'c', 'n', 'r', 'é', '€', '😀'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
});
const octets = fc.uint8Array({ maxLength: 300 });

/** Frames that this version can express, `content-length` left to the encoder. */
function frameOf(version: StompVersion): fc.Arbitrary<Frame> {
  return fc.constantFrom(...COMMANDS).chain((command) => {
    const name = text
      .map((raw) => expressibleName(raw, command, version))
      .filter((it) => it !== '' && it !== 'content-length');
    const value = text.map((raw) => expressibleValue(raw, command, version));
    return fc.record({
      command: fc.constant(command),
      headers: fc
        .array(fc.tuple(name, value), { maxLength: 6 })
        .map((pairs) => [...versionHeader(command), ...pairs.flat()]),
      body: permitsBody(command) ? octets : fc.constant(new Uint8Array(0)),
    });
  });
}

// Without it, these frames come from 1.0, where a space behind the colon is no part of the value.
function versionHeader(command: Command): readonly string[] {
  if (!isNeverEscaped(command)) return [];
  return [command === 'CONNECTED' ? 'version' : 'accept-version', '1.2'];
}

function expressibleName(raw: string, command: Command, version: StompVersion): string {
  if (isNeverEscaped(command) || version === '1.0') return raw.replace(/[\r\n:]/g, '');
  return version === '1.1' ? raw.replace(/\r/g, '') : raw;
}

function expressibleValue(raw: string, command: Command, version: StompVersion): string {
  if (isNeverEscaped(command)) return raw.replace(/[\r\n]/g, '');
  if (version === '1.0') return raw.replace(/\n|\r(?!$)/g, '').trimStart();
  return version === '1.1' ? raw.replace(/\r(?!$)/g, '') : raw;
}

/** What a decoder makes of the frame: a body brings its length. */
function decoded({ command, headers, body }: Frame): Required<ExpectedFrame> {
  const length = body.length === 0 ? [] : ['content-length', String(body.length)];
  return { command, headers: [...headers, ...length], body: latin1(body) };
}

/** Cuts octets at these places, wherever they are. */
function cutAt(whole: Uint8Array, places: readonly number[]): Uint8Array[] {
  const edges = [0, ...places.map((place) => place % (whole.length + 1)).toSorted((a, b) => a - b), whole.length];
  return edges.slice(1).map((edge, at) => whole.subarray(edges[at], edge));
}

describe.each(STOMP_VERSIONS)('in STOMP %s', (version) => {
  const frames = fc.array(frameOf(version), { minLength: 1, maxLength: 4 });
  const setup = { version, accepts: 'any' } as const;
  const places = fc.array(fc.nat(), { maxLength: 12 });
  const encode = (all: readonly Frame[]) =>
    new Uint8Array(Buffer.concat(all.map((frame) => encodeFrame(frame, version))));

  it('decoding what was encoded gives the same frames, wherever their octets are split', () => {
    fc.assert(
      fc.property(frames, places, (sent, cuts) => {
        const wire = encode(sent);

        const whole = decodeChunks([wire], setup);
        const split = decodeChunks(cutAt(wire, cuts), setup);

        expect(whole).toEqual({ frames: sent.map(decoded), heartBeats: 0, isMidFrame: false, error: undefined });
        expect(split).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('whatever a frame holds, its octets are one frame with as many headers (F15)', () => {
    const anything = fc.record({
      command: fc.constantFrom<Command>('SEND', 'MESSAGE', 'ERROR'),
      headers: fc.array(
        fc.tuple(
          fc.constant('x').chain((x) => text.map((raw) => x + raw)),
          text,
        ),
        { maxLength: 6 },
      ),
      body: octets,
    });
    fc.assert(
      fc.property(anything, ({ command, headers, body }) => {
        const wire = encode([{ command, headers: headers.flat(), body }]);

        const { frames: arrived, error } = decodeChunks([wire], setup);

        expect(error).toBeUndefined();
        expect(arrived).toHaveLength(1);
        expect(arrived[0]?.headers).toHaveLength(2 * headers.length + (body.length === 0 ? 0 : 2));
      }),
      { numRuns: 300 },
    );
  });

  it('changed octets of valid frames give frames or an error of the table, the same however they are split', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 10, 13, 58, 92, 45, 48, 65, 195, 255)), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(frames, changes, places, (sent, changed, cuts) => {
        const wire = encode(sent);
        for (const [place, octet] of changed) wire[place % wire.length] = octet;

        const whole = decodeChunks([wire], setup);

        expect(CODES).toContain(whole.error);
        expect(decodeChunks(cutAt(wire, cuts), setup)).toEqual(whole);
        expect(decodeChunks(octetByOctet(wire), setup)).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('octets give the same frames, or the same error, wherever they are split and wherever the decoder is stopped', () => {
    const stops = fc.array(fc.boolean(), { maxLength: 12 });
    const heartBeats = fc.nat(3).map((count) => '\n'.repeat(count));
    const noise = fc.oneof(fc.constant(new Uint8Array(0)), octets);
    fc.assert(
      fc.property(frames, heartBeats, noise, places, stops, (sent, beats, rest, cuts, stopped) => {
        const wire = new Uint8Array(
          Buffer.concat([...sent.flatMap((frame) => [encode([frame]), Buffer.from(beats)]), rest]),
        );

        const whole = decodeChunks([wire], setup);

        expect(whole.frames.slice(0, sent.length)).toEqual(sent.map(decoded));
        expect(decodeChunks(cutAt(wire, cuts), setup, stopped)).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  it('random octets give frames or an error of the table, the same however they are split', () => {
    const heads = fc.constantFrom(
      '',
      'SEND\n',
      'SEND\nx:y\n',
      'SEND\n\n',
      'CONNECT\n',
      'SEND\ncontent-length:3\n\n',
      'ACK\n',
    );
    fc.assert(
      fc.property(heads, octets, places, (head, noise, cuts) => {
        const wire = new Uint8Array(Buffer.concat([Buffer.from(head), noise]));

        const whole = decodeChunks([wire], setup);

        expect(CODES).toContain(whole.error);
        expect(decodeChunks(cutAt(wire, cuts), setup)).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });
});
