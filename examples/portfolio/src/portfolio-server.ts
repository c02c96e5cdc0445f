import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Application, type ApplicationOptions, type Constructor, createApplication } from 'treadle';
import { container as globalContainer } from 'tsyringe';
import { SignIns } from './accounts/sign-ins.js';
import { HttpApplication } from './http/http-application.js';
import { MarketMovement, RandomWalk } from './quotes/market-movement.js';
import { PriceAlerts } from './quotes/price-alerts.js';
import { QuoteController } from './quotes/quote-controller.js';
import { QuoteService } from './quotes/quote-service.js';
import { RefusalAdvice } from './refusal-advice.js';
import { TradersOnlineController } from './traders-online/traders-online-controller.js';
import { PortfolioController } from './trades/portfolio-controller.js';
import { PortfolioService } from './trades/portfolio-service.js';
import { TradeJournal } from './trades/trade-journal.js';
import { TradeService } from './trades/trade-service.js';
import { WebSocketConfig } from './web-socket-config.js';

/** What tests replace; otherwise prices go at random by the machine's clock, and `QUOTE_INTERVAL_MS` is an environment variable. */
export interface PortfolioServerOptions extends Pick<ApplicationOptions, 'clock' | 'logger' | 'properties'> {
  readonly movement?: MarketMovement;
}

/** The portfolio on one HTTP server: page and sign-in from Express, STOMP over WebSocket at `/portfolio` from Treadle. */
export class PortfolioServer {
  readonly application: Application;
  readonly signIns: SignIns;
  readonly #server: Server = createServer();

  constructor({ movement = new RandomWalk(), ...options }: PortfolioServerOptions = {}) {
    const token = MarketMovement as Constructor<MarketMovement>; // abstract: a token for the container, never constructed by it
    const container = globalContainer.createChildContainer().register(token, { useValue: movement });
    this.signIns = container.registerSingleton(SignIns).resolve(SignIns);
    this.application = createApplication({
      ...options,
      container,
      configurers: [WebSocketConfig],
      controllers: [PortfolioController, QuoteController, TradersOnlineController, RefusalAdvice],
      services: [QuoteService, PriceAlerts, PortfolioService, TradeService, TradeJournal],
      authenticate: (request) => this.signIns.authenticate(request),
    });
  }

  /** Takes connections from now on. @returns the address to open @throws an error with code `EADDRINUSE` when the port is taken */
  async start(port: number, host: string): Promise<string> {
    // Both share the server: Express answers requests, Treadle takes the upgrades to `/portfolio`.
    this.#server.on('request', this.application.container.resolve(HttpApplication).handler());
    await this.application.attach(this.#server);
    await listen(this.#server, port, host);
    return addressOf(this.#server.address() as AddressInfo); // a TCP server's address is never a string or null
  }

  /** Says goodbye to the pages (WebSocket status 1001), waits for what is being handled and frees the port. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve)); // no new connections from here on
    await this.application.stop();
    this.#server.closeAllConnections();
    await closed;
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** `0.0.0.0` and `::` mean all addresses of this machine; a browser needs one. */
function addressOf({ address, port }: AddressInfo): string {
  const isAny = address === '0.0.0.0' || address === '::';
  const host = address.includes(':') ? `[${address}]` : address;
  return `http://${isAny ? 'localhost' : host}:${port}`;
}
