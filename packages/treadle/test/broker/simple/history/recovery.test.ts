import { connect, type Inbox, type TestClient } from '@treadle/testing';
import { type Application, createApplication } from '../../../../src/application.js';
import { simpleBroker } from '../../../../src/broker/simple/simple-broker.js';
import type { TopicPolicy } from '../../../../src/broker/simple/policy/destination-policy.js';
import { silentLogger } from '../../../../src/foundation/logger.js';
import type { Message } from '../../../../src/messaging/message.js';
import type { ApplicationOptions } from '../../../../src/options.js';

const ROOM = '/topic/room';

function chat(policy: Partial<TopicPolicy> = {}, options: ApplicationOptions = {}): Application {
  const policies = [{ destinations: '/topic/**', history: { messages: 100 }, ...policy }];
  return createApplication({ logger: silentLogger, broker: simpleBroker({ policies }), ...options });
}

async function say(application: Application, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await application.template.convertAndSend(ROOM, text);
}

/** Subscribes and gives the RECEIPT too. */
async function subscribe(
  client: TestClient,
  headers: Readonly<Record<string, string>>,
  destination = ROOM,
): Promise<{ readonly recovered: string | undefined; readonly epoch: string | undefined; readonly inbox: Inbox }> {
  const inbox = await client.subscribe(destination, headers);
  const receipt = client.frames.findLast(({ command }) => command === 'RECEIPT');
  return { recovered: receipt?.headers['recovered'], epoch: receipt?.headers['epoch'], inbox };
}

async function texts(inbox: Inbox, count: number): Promise<string[]> {
  const found: string[] = [];
  while (found.length < count) found.push((await inbox.nextMessage()).body);
  return found;
}

describe('a destination with history', () => {
  it('numbers its messages from 1 on, in one epoch', async () => {
    await using application = chat();
    const client = await connect(application);
    const inbox = await client.subscribe(ROOM);

    await say(application, 'a', 'b');
    const [first, second] = [await inbox.nextMessage(), await inbox.nextMessage()];

    expect([first.headers['offset'], second.headers['offset']]).toEqual(['1', '2']);
    expect(first.headers['epoch']).toMatch(/^[\da-f]+-0$/);
    expect(second.headers['epoch']).toBe(first.headers['epoch']);
  });

  it('gives a subscription what it missed, then what comes, each once and in order', async () => {
    await using application = chat();
    const before = await connect(application);
    const inbox = await before.subscribe(ROOM);
    await say(application, 'a', 'b');
    await inbox.nextMessage();
    const { offset = '', epoch = '' } = (await inbox.nextMessage()).headers;
    before.drop();
    await say(application, 'c', 'd');

    const again = await connect(application);
    const { recovered, inbox: rest } = await subscribe(again, { offset, epoch });
    await say(application, 'e');

    expect(recovered).toBe('true');
    expect(await texts(rest, 3)).toEqual(['c', 'd', 'e']);
  });
});
