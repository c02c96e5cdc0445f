import type { RawClient } from '../../../obligations/raw-client.js';
import type { RawFrame } from '../../../obligations/raw-frame.js';
import { leftovers, subscribe } from '../../conformance/conversation.js';
import type { RelayedApplication } from './relayed-application.js';

const ERROR_DESTINATION = '/user/queue/errors';

/** Lets a client hear what befalls its session. */
export async function hearNotices(client: RawClient): Promise<void> {
  await subscribe(client, ERROR_DESTINATION, '', 'notices');
}

/** The code of a notice; `undefined` when the frame is something else. */
export function noticeCode(frame: RawFrame): string | undefined {
  if (frame.header('subscription') !== 'notices') return undefined;
  const { code } = JSON.parse(frame.body.toString()) as { readonly code: string }; // the server's own notice
  return code;
}

/** The next notice of a client. @throws Error when something else comes first */
export async function notice(client: RawClient): Promise<string> {
  const frame = await client.next();
  const code = noticeCode(frame);
  if (code === undefined) throw new Error(`instead of a notice came ${frame.text}`);
  return code;
}

/** What a session hears next when its broker is lost, which it must hear of: that it has ended, or a notice. */
export async function heardOfLoss(
  client: RawClient,
): Promise<{ readonly ends: boolean; readonly code: string | undefined }> {
  const frame = await client.next();
  if (frame.command !== 'ERROR') return { ends: false, code: noticeCode(frame) };
  await client.rest();
  return { ends: true, code: frame.header('code') };
}

/** A client when the broker is back. */
export interface GoingOn {
  readonly client: RawClient;
  /** Its next frames, so many, from when the broker was back. */
  take(count: number): Promise<RawFrame[]>;
  /** What came or still comes besides, when nothing should. */
  leftovers(): Promise<RawFrame[]>;
}

/**
 * The client that goes on when the broker is back: a held one, which is told `SUBSCRIPTIONS_RESTORED`, else a new one.
 * @param subscribeAgain what a new one does first
 * @throws Error when a held one is not told
 */
export async function goOn(
  former: RawClient,
  relayed: RelayedApplication,
  subscribeAgain: (client: RawClient) => Promise<unknown> = () => Promise.resolve(),
): Promise<GoingOn> {
  const client = former.isClosed ? await relayed.reconnect() : former;
  const came: RawFrame[] = [];
  if (former.isClosed) await subscribeAgain(client);
  else await former.until(() => former.waiting.some(isRestored), 'SUBSCRIPTIONS_RESTORED');
  // What comes again may come first.
  while (client.waiting.some(isRestored)) came.push(await client.next());
  const early = came.filter((frame) => !isRestored(frame));
  return {
    client,
    async take(count) {
      const frames = early.splice(0, count);
      while (frames.length < count) frames.push(await client.next());
      return frames;
    },
    leftovers: async () => [...early.splice(0), ...(await leftovers(client))],
  };
}

function isRestored(frame: RawFrame): boolean {
  return noticeCode(frame) === 'SUBSCRIPTIONS_RESTORED';
}
