import { SlowClient } from '../../../../src/broker/relay/client/slow-client.js';
import type { BrokerLink } from '../../../../src/broker/relay/link/broker-link.js';
import { createSession } from '../../broker-under-test.js';

/** Notes what it is told. */
function createLink(): { readonly told: string[]; readonly link: BrokerLink } {
  const told: string[] = [];
  const link: Partial<BrokerLink> = { pause: () => told.push('pause'), resume: () => told.push('resume') };
  return { told, link: link as BrokerLink }; // as much of one as is needed
}

/** A client whose room a test decides on. */
class Room {
  #free: (() => void) | undefined;
  #full: Promise<void> | undefined;

  whenRoom(): Promise<void> | undefined {
    return this.#full;
  }

  fill(): void {
    this.#full = new Promise((resolve) => (this.#free = resolve));
  }

  async free(): Promise<void> {
    this.#full = undefined;
    this.#free?.();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Free, and full again at once. */
  async freeAndFill(): Promise<void> {
    const free = this.#free;
    this.fill();
    free?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a client that reads more slowly than messages come', () => {
  it('has the broker wait until there is room', async () => {
    const room = new Room();
    const { told, link } = createLink();
    const client = new SlowClient(createSession('s'), room);
    client.isOn(link);
    client.delivered(link);
    expect(told).toEqual([]);

    room.fill();
    client.delivered(link);
    client.delivered(link);
    expect(told).toEqual(['pause']);
    await room.freeAndFill();
    expect(told).toEqual(['pause']);
    await room.free();

    expect(told).toEqual(['pause', 'resume']);
  });

  it('has a new connection wait too', async () => {
    const room = new Room();
    const [first, second] = [createLink(), createLink()];
    const client = new SlowClient(createSession('s'), room);
    client.isOn(first.link);
    room.fill();
    client.delivered(first.link);

    client.isOn(second.link);
    await room.free();

    expect(second.told).toEqual(['pause', 'resume']);
  });
});
