import type { ReceivedFrame } from './received-frame.js';

/** What came, a line for each frame, for the message of an error: `MESSAGE /topic/chat hello`, `RECEIPT receipt-1`. */
export function summaryOfAll(frames: readonly ReceivedFrame[]): string {
  return frames.length === 0 ? ' nothing' : frames.map((frame) => `\n  ${summaryOf(frame)}`).join('');
}

function summaryOf({ command, headers, body }: ReceivedFrame): string {
  return [command, headers['destination'] ?? headers['receipt-id'], body].filter(Boolean).join(' ');
}
