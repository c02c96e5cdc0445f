import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A frame that connects. */
export const CONNECT = 'CONNECT\naccept-version:1.2\nhost:x\n\n\0';

/** What a client sends one after the other; over WebSocket text goes as a text message, octets as a binary one. */
export interface Attack {
  readonly title: string;
  readonly messages: readonly (string | Uint8Array)[];
  readonly code: string;
}

/** What ends a session, each with the code of its ERROR. */
export const attacks: readonly Attack[] = [
  {
    title: 'bad UTF-8 in a header',
    messages: [CONNECT, Buffer.from('SEND\ndestination:/\xff\xfe\n\n\0', 'latin1')],
    code: 'STOMP_INVALID_UTF8',
  },
  {
    title: 'bad UTF-8 in CONNECT',
    messages: [Buffer.from('CONNECT\nlogin:\xc3\x28\n\n\0', 'latin1')],
    code: 'STOMP_INVALID_UTF8',
  },
  { title: 'an unknown command', messages: [CONNECT, 'EHLO\n\n\0'], code: 'STOMP_UNKNOWN_COMMAND' },
  { title: 'an endless command', messages: ['A'.repeat(100_000)], code: 'STOMP_UNKNOWN_COMMAND' },
  {
    title: 'no NUL behind a counted body',
    messages: [CONNECT, `SEND\ndestination:/topic/x\ncontent-length:4\n\nbody${CONNECT}`],
    code: 'STOMP_MISSING_NUL',
  },
  {
    title: 'no NUL for ever',
    messages: [CONNECT, 'SEND\ndestination:/topic/x\n\n', ...Array<string>(10).fill('x'.repeat(10_000))],
    code: 'STOMP_BODY_TOO_LARGE',
  },
  {
    title: 'a body announced as 9 PB',
    messages: [CONNECT, 'SEND\ndestination:/topic/x\ncontent-length:9007199254740991\n\n'],
    code: 'STOMP_BODY_TOO_LARGE',
  },
  {
    title: 'a negative content-length',
    messages: [CONNECT, 'SEND\ndestination:/topic/x\ncontent-length:-1\n\n\0'],
    code: 'STOMP_INVALID_CONTENT_LENGTH',
  },
  {
    title: 'endless headers',
    messages: [CONNECT, `SEND\n${'a:b\n'.repeat(10_000)}`],
    code: 'STOMP_HEADER_COUNT_EXCEEDED',
  },
  { title: 'SEND before CONNECT', messages: ['SEND\ndestination:/topic/x\n\nhi\0'], code: 'NOT_CONNECTED' },
  { title: 'a second CONNECT', messages: [CONNECT, CONNECT], code: 'ALREADY_CONNECTED' },
  { title: 'binary noise', messages: [noise(1, 5000)], code: 'STOMP_UNKNOWN_COMMAND' },
  { title: 'binary noise once connected', messages: [CONNECT, noise(2, 5000)], code: 'STOMP_UNKNOWN_COMMAND' },
  {
    title: 'a header named like the prototype of all objects',
    messages: [CONNECT, 'SEND\n__proto__:x\nconstructor:y\n\n\0'],
    code: 'STOMP_MISSING_HEADER',
  },
];

/** Octets as random as they come, but the same in every run. */
export function noise(seed: number, length: number): Buffer {
  let state = seed;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    }),
  );
}

/** Heap and buffers in use, after what is garbage has been collected. */
export function usedMemory(): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void; // V8's own function, exposed by the flag
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return heapUsed + arrayBuffers + external;
}
