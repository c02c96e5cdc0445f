import type { BroadcastTopic, ReceivedBroadcast, ServerLink } from '../../../src/broker/cluster/server-link.js';
import { MessageRejectedError } from '../../../src/foundation/errors.js';

/** A broadcast on its way from one server to another. */
export interface Transfer {
  readonly topic: BroadcastTopic;
  readonly from: string;
  readonly to: string;
  readonly body: Uint8Array;
  /** The body as text. */
  readonly text: string;
}

/** What the servers of one test share instead of a broker. */
export class ServerHub {
  /** Every broadcast that was taken, in order. */
  readonly taken: Omit<Transfer, 'to'>[] = [];
  /** Which transfers get lost on their way; none unless a test says so. */
  loses: (transfer: Transfer) => boolean = () => false;
  /** While it takes nothing, as a broker that is short of memory. */
  stalled: Promise<void> | undefined;
  readonly #links = new Set<HubLink>();
  #count = 0;

  /** The link of one more server: `server-1`, `server-2` … It is up. */
  link(topics: readonly BroadcastTopic[] = ['user-destinations', 'user-registry']): HubLink {
    this.#count += 1;
    const link = new HubLink(this, `server-${this.#count}`, topics);
    this.#links.add(link);
    return link;
  }

  /** From now on every broadcast waits. @returns takes what waited, and all that follows */
  stall(): () => void {
    let goOn: () => void = () => undefined;
    this.stalled = new Promise((resolve) => (goOn = resolve));
    return () => {
      this.stalled = undefined;
      goOn();
    };
  }

  /** The broadcasts of a topic, as text. */
  textsOf(topic: BroadcastTopic): readonly string[] {
    return this.taken.filter((each) => each.topic === topic).map(({ text }) => text);
  }

  /** Takes a broadcast and hands it to every other server, each a turn of the event loop later, in order. */
  take(from: HubLink, topic: BroadcastTopic, body: Uint8Array): void {
    const text = Buffer.from(body).toString();
    this.taken.push({ topic, from: from.serverId, body, text });
    for (const link of this.#links) {
      const transfer = { topic, from: from.serverId, to: link.serverId, body, text };
      if (link === from || !link.isUp(topic) || this.loses(transfer)) continue;
      setImmediate(() => link.receive(topic, { body, serverId: from.serverId }));
    }
  }
}

/** A server's link to the hub. A test lets it fail and come back, or cuts it off for good as a process that was killed. */
export class HubLink implements ServerLink {
  readonly serverId: string;
  /** What `broadcast` fails with although the link is up. */
  refusal: Error | undefined;
  readonly #hub: ServerHub;
  readonly #topics: readonly BroadcastTopic[];
  readonly #listeners = new Map<BroadcastTopic, Set<(broadcast: ReceivedBroadcast) => void>>();
  readonly #changeListeners = new Set<(isUp: boolean) => void>();
  #isUp = true;
  #losses = 0;

  constructor(hub: ServerHub, serverId: string, topics: readonly BroadcastTopic[]) {
    this.#hub = hub;
    this.serverId = serverId;
    this.#topics = topics;
  }

  offers(topic: BroadcastTopic): boolean {
    return this.#topics.includes(topic);
  }

  isUp(topic: BroadcastTopic): boolean {
    return this.#isUp && this.offers(topic);
  }

  async broadcast(topic: BroadcastTopic, body: Uint8Array): Promise<void> {
    if (!this.isUp(topic)) throw unavailable();
    if (this.refusal) throw this.refusal;
    const losses = this.#losses;
    if (this.#hub.stalled) await this.#hub.stalled;
    if (this.#losses > losses) throw lost();
    this.#hub.take(this, topic, body);
    await turn();
    if (this.#losses > losses) throw lost();
  }

  onBroadcast(topic: BroadcastTopic, listener: (broadcast: ReceivedBroadcast) => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  onChange(listener: (isUp: boolean) => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  /** What another server said, unless the link has failed meanwhile. */
  receive(topic: BroadcastTopic, received: ReceivedBroadcast): void {
    if (this.isUp(topic)) for (const listener of this.#listeners.get(topic) ?? []) listener(received);
  }

  /** The link fails, or comes back. */
  setUp(isUp: boolean): void {
    if (this.#isUp === isUp) return;
    this.#isUp = isUp;
    if (!isUp) this.#losses += 1;
    for (const listener of this.#changeListeners) listener(isUp);
  }
}

function unavailable(): MessageRejectedError {
  return new MessageRejectedError('the hub is away', { code: 'BROKER_UNAVAILABLE', endsSession: false });
}

function lost(): MessageRejectedError {
  return new MessageRejectedError('lost', { code: 'OUTCOME_UNKNOWN', endsSession: false });
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Lets everything arrive that is under way, and what it causes. */
export async function settled(): Promise<void> {
  for (let count = 0; count < 40; count += 1) await turn();
}
