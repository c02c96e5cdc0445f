import { Controller, SubscribeMapping } from 'treadle';
import { ServerInfo } from './server-info.js';

/** Tells a page which server it is connected to. */
@Controller()
export class ServerInfoController {
  constructor(private readonly info: ServerInfo) {}

  /** Answers the subscription itself, once: by the connection it came on, so behind a load balancer it is still the right server. */
  @SubscribeMapping('/server')
  server(): ServerInfo {
    return this.info;
  }
}
