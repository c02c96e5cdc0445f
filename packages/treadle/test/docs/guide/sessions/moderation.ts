import 'reflect-metadata';
import { type Application, ApplicationError, createApplication, SimpUserRegistry } from 'treadle';
import { injectable } from 'tsyringe';

@injectable()
export class Moderation {
  constructor(private readonly users: SimpUserRegistry) {}

  /** @returns how many sessions were ended, when they are over */
  async ban(user: string): Promise<number> {
    const reason = new ApplicationError('BANNED', 'You were banned.');
    return (await this.users.getUser(user)?.disconnect(reason)) ?? 0;
  }

  closeRoom(room: string): void {
    const guests = this.users.findSubscriptions(({ destination }) => destination === `/topic/rooms/${room}`);
    for (const guest of guests) guest.unsubscribe(`the room ${room} is closed`);
  }

  kick(user: string, room: string): void {
    this.users.getUser(user)?.unsubscribe(`/topic/rooms/${room}`, 'kicked');
  }

  list(): readonly string[] {
    return this.users.getSessions().map(({ user, transport, remoteAddress, connectedAt, isCongested }) => {
      const name = user?.name ?? 'somebody';
      return `${name} by ${transport} from ${remoteAddress} since ${connectedAt.toISOString()}${isCongested ? ', slow' : ''}`;
    });
  }
}

export const application: Application = createApplication({
  services: [Moderation],
  authenticate: ({ login = '' }) => ({ name: login }),
});
