import { randomUUID } from 'node:crypto';
import type { RawClient } from '../../obligations/raw-client.js';
import type { RawFrame } from '../../obligations/raw-frame.js';

/** A destination that no other case and no earlier run uses, where brokers outlive both. */
export function fresh(prefix: string): string {
  return `${prefix}/${randomUUID()}`;
}

/** Subscribes, and waits until that is live. @param headerLines each with its line end */
export async function subscribe(client: RawClient, destination: string, headerLines = '', id = 's'): Promise<void> {
  await client.ask(`SUBSCRIBE\nid:${id}\ndestination:${destination}\n${headerLines}receipt:live-${id}\n\n\0`);
}

/** A SEND frame. @param headerLines each with its line end */
export function send(destination: string, body: string, headerLines = ''): string {
  return `SEND\ndestination:${destination}\n${headerLines}\n${body}\0`;
}

/** Sends, and waits until it took effect; what came meanwhile. */
export function sendAndWait(
  client: RawClient,
  destination: string,
  body: string,
  headerLines = '',
): Promise<RawFrame[]> {
  return client.ask(send(destination, body, `${headerLines}receipt:sent\n`));
}

/** The next frames, so many. */
export async function take(client: RawClient, count: number): Promise<RawFrame[]> {
  const frames: RawFrame[] = [];
  while (frames.length < count) frames.push(await client.next());
  return frames;
}

/** What still came for a client that should get nothing: everything before the message that it sends to itself now. */
export async function leftovers(client: RawClient): Promise<RawFrame[]> {
  const own = fresh('/topic');
  await subscribe(client, own, '', own);
  client.type(send(own, 'the last'));
  const frames: RawFrame[] = [];
  for (let frame = await client.next(); frame.header('subscription') !== own; frame = await client.next()) {
    frames.push(frame);
  }
  return frames;
}

export async function disconnect(client: RawClient): Promise<void> {
  client.type('DISCONNECT\nreceipt:bye\n\n\0');
  await client.rest();
}

export function bodies(frames: readonly RawFrame[]): string[] {
  return frames.map(({ body }) => body.toString());
}
