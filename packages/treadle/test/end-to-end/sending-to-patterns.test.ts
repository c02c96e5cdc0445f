import { connect } from '@treadle/testing';
import { createApplication, silentLogger, simpleBroker, SimpMessagingTemplate } from 'treadle';

const application = createApplication({
  broker: simpleBroker({ policies: [{ destinations: '/queue/jobs/*', kind: 'queue' }] }),
  logger: silentLogger,
});
const template = application.container.resolve(SimpMessagingTemplate);

afterAll(() => application.stop());

describe('a message whose destination looks like a pattern', () => {
  test.each(['/topic/*', '/topic/**', '/topic/?', '/topic/{x}', '/topic/a*'])(
    'reaches nobody who subscribed to one of the names that %s would match',
    async (destination) => {
      await using client = await connect(application);
      const inboxes = await Promise.all(['/topic/a', '/topic/ab', '/topic/x'].map((each) => client.subscribe(each)));

      await client.send(destination, 'x');
      await template.convertAndSend(destination, 'x');

      for (const inbox of inboxes) await inbox.expectNothing();
    },
  );

  test('is a message to a destination of exactly that name: patterns that match the name get it', async () => {
    await using client = await connect(application);
    const same = await client.subscribe('/topic/a*');
    const wider = await client.subscribe('/topic/**');
    const narrower = await client.subscribe('/topic/ab*');

    await client.send('/topic/a*', 'x');

    const message = await same.nextMessage();
    expect(message.headers['destination']).toBe('/topic/a*');
    expect(await wider.next()).toBe('x');
    await narrower.expectNothing();
  });

  test('is kept by a queue of its own', async () => {
    await using client = await connect(application);
    await client.send('/queue/jobs/*', 'x');

    const other = await client.subscribe('/queue/jobs/mail');
    await other.expectNothing();
    const all = await client.subscribe('/queue/jobs/*');

    expect((await all.nextMessage()).headers['destination']).toBe('/queue/jobs/*');
  });
});
