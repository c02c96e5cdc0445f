import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { connect, type TestClient } from '@treadle/testing';
import {
  type Application,
  type BrokerRelayOptions,
  Controller,
  MessageMapping,
  SendToUser,
} from '../../../../src/index';
import { RelayedApplication } from '../kit/relayed-application.js';

@Controller()
class Echo {
  @MessageMapping('/echo')
  @SendToUser('/queue/echo')
  echo(text: string): string {
    return text;
  }
}

/** Servers of one application: the broker is shared with other tests, the places of their broadcasts are their own. */
export class Servers implements AsyncDisposable {
  readonly #relay: BrokerRelayOptions;
  readonly #relayed: RelayedApplication[] = [];

  constructor(url: string, relay: BrokerRelayOptions = {}) {
    const id = randomUUID();
    this.#relay = {
      url,
      userDestinationBroadcast: `/topic/users-${id}`,
      userRegistryBroadcast: `/topic/registry-${id}`,
      ...relay,
    };
  }

  /** One more, and waits until its broker is there. @param relay what is different with it */
  async start(relay: BrokerRelayOptions = {}): Promise<Application> {
    const relayed = await this.begin(relay);
    await relayed.whenAvailable(true);
    return relayed.application;
  }

  /** One more, which may have no broker yet. */
  async begin(relay: BrokerRelayOptions = {}): Promise<RelayedApplication> {
    const options = { controllers: [Echo], presence: true };
    const relayed = await RelayedApplication.start({ ...this.#relay, ...relay }, options);
    this.#relayed.push(relayed);
    return relayed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const relayed of this.#relayed) await relayed[Symbol.asyncDispose]();
  }
}

/** A client with this name. */
export function login(application: Application, name: string): Promise<TestClient> {
  return connect(application, { login: name });
}

/** Subscribes to presence, and waits until all of these users are there. */
export async function presentOn(application: Application, ...users: string[]): Promise<void> {
  const watcher = await connect(application);
  const people = await watcher.subscribe('/topic/presence');
  const present = new Set<string>();
  while (!users.every((user) => present.has(user))) {
    const message = await people.next<{ type: string; user: string; users: string[] }>();
    for (const user of message.users ?? [message.user]) present.add(user);
    if (message.type === 'left') present.delete(message.user);
  }
  await watcher.disconnect();
}
