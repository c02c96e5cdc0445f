import 'reflect-metadata';
import {
  type Application,
  Controller,
  createApplication,
  MessageMapping,
  Presence,
  type Principal,
  SimpUserRegistry,
  SubscribeMapping,
} from 'treadle';
import { injectable } from 'tsyringe';

interface Account extends Principal {
  readonly roles: readonly string[];
}

const accounts = new Map<string, Account>([
  ['alice', { name: 'Alice A.', destinationUserName: '17', roles: ['staff'] }],
]);

@injectable()
export class Moderation {
  constructor(private readonly users: SimpUserRegistry) {}

  /** @returns how many sessions were ended, when they are over */
  async ban(user: string): Promise<number> {
    return (await this.users.getUser(user)?.disconnect('banned by moderation')) ?? 0;
  }

  watchersOf(room: string): readonly string[] {
    const subscriptions = this.users.findSubscriptions(({ destination }) => destination === `/topic/rooms/${room}`);
    return subscriptions.map(({ session }) => session.user?.name ?? 'somebody');
  }
}

@Controller()
export class RoomController {
  constructor(private readonly presence: Presence) {}

  @SubscribeMapping('/people')
  people(): readonly string[] {
    return this.presence.users;
  }

  @MessageMapping('/rooms/{room}')
  say(text: string): string {
    return text;
  }
}

export const application: Application = createApplication({
  controllers: [RoomController],
  services: [Moderation],
  authenticate: ({ login = '' }) => accounts.get(login) ?? { name: login },
  presence: { subscribersOf: ['/topic/rooms/*'], leaveDelayMs: 3_000 },
});
