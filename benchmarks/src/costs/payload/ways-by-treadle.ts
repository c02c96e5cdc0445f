import {
  Controller,
  createApplication,
  MemoryConnection,
  MessageMapping,
  Payload,
  SendTo,
  silentLogger,
} from 'treadle';
import type { Way, Work } from '../cost.js';
import { ANSWER, answer, Trade, TRADE_OCTETS } from './trade.js';

/** Frames that are written before their answers are awaited. */
const AT_A_TIME = 64;

@Controller()
class TradeController {
  @MessageMapping('/plain')
  @SendTo('/topic/answers')
  plain(@Payload(Object) trade: Trade): object {
    return answer(trade);
  }

  @MessageMapping('/validated')
  @SendTo('/topic/answers')
  validated(@Payload(Trade) trade: Trade): object {
    return answer(trade);
  }
}

/** The floor of a controller: any JSON, nothing checked. */
export const withoutDtoByTreadle: Way = {
  name: 'treadle, no DTO',
  description: 'SEND to a controller with @Payload(Object), MESSAGE to a subscriber, in memory',
  prepare: () => prepare('/app/plain'),
};

/** The whole. */
export const validatedByTreadle: Way = {
  name: 'treadle, validated DTO',
  description: 'the same with @Payload(Trade): depth checked, transformed, validated',
  prepare: () => prepare('/app/validated'),
};

/** A client in memory that counts the frames it gets. */
class Client {
  received = 0;
  last: Uint8Array = new Uint8Array();
  #awaited = Infinity;
  #onAll: () => void = () => undefined;

  onOctets(octets: Uint8Array): void {
    this.last = octets;
    for (let end = octets.indexOf(0); end !== -1; end = octets.indexOf(0, end + 1)) this.received += 1;
    if (this.received >= this.#awaited) this.#onAll();
  }

  onClose(code: number, reason: string): void {
    if (code !== 1001) throw new Error(`the session ended: ${reason}`);
  }

  until(count: number): Promise<void> {
    this.#awaited = count;
    return new Promise((resolve) => {
      this.#onAll = resolve;
      if (this.received >= count) resolve();
    });
  }
}

async function prepare(destination: string): Promise<Work> {
  const application = createApplication({ controllers: [TradeController], logger: silentLogger });
  await application.start();
  const client = new Client();
  const { peer } = connectionOf(client, application);
  peer.write(Buffer.from('CONNECT\naccept-version:1.2\nhost:x\n\n\0'));
  peer.write(Buffer.from('SUBSCRIBE\nid:0\ndestination:/topic/answers\nreceipt:live\n\n\0'));
  await client.until(2);
  const frame = Buffer.concat([
    Buffer.from(`SEND\ndestination:${destination}\ncontent-type:application/json\n\n`),
    TRADE_OCTETS,
    Buffer.of(0),
  ]);
  const work: Work = async (times) => {
    for (let sent = 0; sent < times; sent += AT_A_TIME) {
      const count = Math.min(AT_A_TIME, times - sent);
      const due = client.received + count;
      for (let each = 0; each < count; each += 1) peer.write(frame);
      await client.until(due);
    }
    const answered = Buffer.from(client.last).toString();
    if (!answered.endsWith(`\n\n${ANSWER}\0`)) throw new Error(`${destination} answered ${answered}`);
  };
  await work(1);
  return work;
}

function connectionOf(client: Client, application: ReturnType<typeof createApplication>): MemoryConnection {
  const connection = new MemoryConnection({ listener: client, limits: application.limits });
  application.accept(connection);
  return connection;
}
