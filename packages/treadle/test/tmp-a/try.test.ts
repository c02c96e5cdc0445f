import { connect } from '@treadle/testing';
import { brokerRelay, createApplication, Controller, MessageMapping, SendTo, BrokerAvailabilityEvent } from 'treadle';

@Controller()
class Room { @MessageMapping('/rooms/{r}') @SendTo('/topic/rooms/{r}') say(text: string) { return text; } }

test.each(['per-client', 'shared'] as const)('%s', async (connections) => {
  const logger = { debug() {}, info() {}, warn: console.warn, error: console.error };
  const application = createApplication({ controllers: [Room], logger, authenticate: ({login}) => ({ name: login! }), presence: true,
    broker: brokerRelay({ url: 'stomp://app:s3cret@127.0.0.1:28613', connections }) });
  const up = new Promise((resolve) => application.events.on(BrokerAvailabilityEvent, resolve));
  await application.start();
  console.log(await Promise.race([up, new Promise((r) => setTimeout(() => r('no'), 4000))]), application.health());
  const alice = await connect(application, { login: 'alice' });
  const errors = await alice.subscribe('/user/queue/errors');
  const inbox = await alice.subscribe('/topic/rooms/tea');
  const all = await alice.subscribe('/topic/**');
  await alice.send('/app/rooms/tea', 'hello');
  console.log(await inbox.next(), await all.next());
  await alice.send('/queue/work/a', 'job');
  const work = await alice.subscribe('/queue/work/a', { ack: 'client-individual' } as never).catch((e) => e);
  console.log(work instanceof Error ? work : await work.next());
  console.log(JSON.stringify(application.stats().broker), application.describe().broker, application.health());
  await application.stop();
}, 20000);
