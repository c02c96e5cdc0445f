import { Controller, SubscribeMapping } from 'treadle';
import { Presence } from './presence.js';

/** Answers a subscription to `/app/presence` with who is here; from then on `/topic/presence` tells who comes and goes. */
@Controller()
export class PresenceController {
  constructor(private readonly presence: Presence) {}

  @SubscribeMapping('/presence')
  list(): { names: string[] } {
    return { names: this.presence.names() };
  }
}
