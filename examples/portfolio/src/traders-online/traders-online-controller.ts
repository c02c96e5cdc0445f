import {
  Controller,
  EventListener,
  SessionConnectedEvent,
  SessionDisconnectEvent,
  SimpMessagingTemplate,
  SimpUserRegistry,
  SubscribeMapping,
} from 'treadle';

/** How many people have the page open; several windows of one are one. */
export interface TradersOnline {
  readonly count: number;
}

/** Tells everybody how many are here, but not who: the option `presence` would tell names. */
@Controller()
export class TradersOnlineController {
  constructor(
    private readonly users: SimpUserRegistry,
    private readonly template: SimpMessagingTemplate,
  ) {}

  @SubscribeMapping('/traders-online')
  online(): TradersOnline {
    return { count: this.users.userCount };
  }

  @EventListener(SessionConnectedEvent, SessionDisconnectEvent)
  async tell(): Promise<void> {
    await this.template.convertAndSend('/topic/traders-online', this.online());
  }
}
