import { FakeClock } from '@treadle/testing';
import type { BrokerLink } from '../../../../src/broker/relay/link/broker-link.js';
import { brokerRefused, brokerUnavailable } from '../../../../src/broker/relay/link/link-errors.js';
import { LinkLog } from '../../../../src/broker/relay/link/link-log.js';
import { RecordingLogger } from '../../broker-under-test.js';

const LINK = { address: 'stomp://10.0.0.5:61613', server: 'RabbitMQ/3.10.8', version: '1.2' } as BrokerLink; // what it says of itself

function start(isQuiet = false): { log: LinkLog; clock: FakeClock; read: () => string[] } {
  const [clock, logger] = [new FakeClock(), new RecordingLogger()];
  const log = new LinkLog({ name: 'system', isQuiet, logger, clock });
  return { log, clock, read: () => logger.lines.splice(0).map(({ level, message }) => `${level} ${message}`) };
}

describe('the log of a link', () => {
  it('tells that it is up, and of one that was away how long that was', async () => {
    const { log, clock, read } = start();
    const up = 'info broker link system: connected to stomp://10.0.0.5:61613, RabbitMQ/3.10.8, STOMP 1.2';

    log.up(LINK);
    expect(read()).toEqual([up]);
    log.away(brokerUnavailable('lost'), 500);
    await clock.advance(90_500);
    log.up(LINK);

    expect(read()).toEqual(['warn broker link system: lost; next attempt in 500 ms', `${up}, after 90.5 s without it`]);
  });

  it('warns of a broker that is away once, then every ten minutes', async () => {
    const { log, clock, read } = start();
    const levels: string[] = [];
    for (let minute = 0; minute < 60; minute += 1) {
      log.away(brokerUnavailable('ECONNREFUSED'), 30_000);
      levels.push(...read());
      await clock.advance(60_000);
    }

    const warnings = levels.filter((line) => line.startsWith('warn'));
    expect([levels.length, warnings.length]).toEqual([60, 6]);
    expect(warnings[1]).toBe('warn broker link system: ECONNREFUSED, away for 600.0 s; next attempt in 30000 ms');
  });

  it('warns at once when it is refused where it was not there before', () => {
    const { log, read } = start();

    log.away(brokerUnavailable('ECONNREFUSED'), 500);
    log.away(brokerRefused('Bad CONNECT'), 500);
    log.away(brokerRefused('Bad CONNECT'), 500);

    expect(read().map((line) => line.slice(0, 5))).toEqual(['warn ', 'warn ', 'debug']);
  });

  it('is silent about the link of a client', () => {
    const { log, read } = start(true);

    log.away(brokerUnavailable('lost'), 500);
    log.up(LINK);

    expect(read().every((line) => line.startsWith('debug'))).toBe(true);
  });
});
