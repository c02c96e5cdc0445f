// How long decoding and encoding one frame takes. Needs the build; prints, asserts nothing: node bench/codec.mjs
import { encodeFrame, encodeFrameRest, encodeFrameStart, FrameDecoder } from '../dist/index.js';

const WARM_UP_MS = 300;
const ROUNDS = 7;
const ROUND_MS = 150;
const FRAMES_PER_CHUNK = 10;

const text = (length) => Buffer.from(JSON.stringify({ text: 'x'.repeat(length - 11) }));
const send = (body, more = []) => ({
  command: 'SEND',
  headers: ['destination', '/app/chat/tea', 'content-type', 'application/json', 'receipt', 'message-17', ...more],
  body,
});
const small = send(text(128));
const noLength = Buffer.from(Buffer.from(encodeFrame(small, '1.2')).toString().replace('content-length:128\n', ''));
const whole = Buffer.from(encodeFrame(small, '1.2'));
const half = whole.length >> 1;
const ack = Buffer.from('ACK\nid:session-1-subscription-2-message-3\n\n\0');

const message = {
  command: 'MESSAGE',
  headers: [
    'subscription',
    'sub-0',
    'message-id',
    '7-1024',
    'destination',
    '/topic/chat/tea',
    'content-type',
    'application/json',
  ],
  body: small.body,
};

decoding('SEND, 128 octets of JSON, 4 headers', [whole]);
decoding('the same in a plain Uint8Array', [new Uint8Array(whole)]);
decoding('the same without content-length', [noLength]);
decoding('the same in two chunks', [whole.subarray(0, half), whole.subarray(half)]);
decoding(
  'the same, octet by octet',
  [...whole].map((octet) => Uint8Array.of(octet)),
);
decoding('the same with one escape', [encodeFrame(send(text(128), ['x', 'a:b']), '1.2')]);
decoding('the same with one accent', [encodeFrame(send(text(128), ['x', 'é']), '1.2')]);
decoding(
  `${FRAMES_PER_CHUNK} of them in one chunk`,
  [Buffer.concat(Array(FRAMES_PER_CHUNK).fill(whole))],
  FRAMES_PER_CHUNK,
);
decoding('ACK, 1 header', [ack]);
decoding('SEND, 64 KiB body', [Buffer.from(encodeFrame(send(text(65_536)), '1.2'))]);

encoding('MESSAGE, 128 octets of JSON, 4 headers', () => encodeFrame(message, '1.2'));
encoding('its start, 2 headers', () => encodeFrameStart('MESSAGE', message.headers.slice(0, 4), '1.2'));
encoding('its rest, 2 headers and body', () => encodeFrameRest(message.headers.slice(4), message.body, '1.2'));
encoding('the whole with one escape', () =>
  encodeFrame({ ...message, headers: [...message.headers, 'x', 'a:b'] }, '1.2'),
);
encoding('the whole with one accent', () =>
  encodeFrame({ ...message, headers: [...message.headers, 'x', 'é'] }, '1.2'),
);
encoding('RECEIPT', () =>
  encodeFrame({ command: 'RECEIPT', headers: ['receipt-id', 'message-17'], body: new Uint8Array(0) }, '1.2'),
);

function decoding(title, chunks, frames = 1) {
  let count = 0;
  const decoder = new FrameDecoder({ onFrame: () => count++ });
  const decode = () => {
    for (const chunk of chunks) decoder.decode(chunk);
  };
  report(`decode ${title}`, decode, frames);
  if (count === 0) throw new Error(`no frame came out of: ${title}`);
}

function encoding(title, encode) {
  report(`encode ${title}`, encode, 1);
}

function report(title, run, frames) {
  measure(run, WARM_UP_MS);
  const rounds = Array.from({ length: ROUNDS }, () => measure(run, ROUND_MS) / frames);
  console.log(
    `${Math.min(...rounds)
      .toFixed(0)
      .padStart(8)} ns  ${title}`,
  );
}

/** Nanoseconds of one run. */
function measure(run, forMs) {
  const start = performance.now();
  const end = start + forMs;
  let runs = 0;
  let now = start;
  while (now < end) {
    for (let i = 0; i < 500; i++) run();
    runs += 500;
    now = performance.now();
  }
  return ((now - start) * 1e6) / runs;
}
