import 'reflect-metadata';
import { connect, StompServerError } from '@treadle/testing';
import {
  Controller,
  createApplication,
  MessageMapping,
  SendTo,
  silentLogger,
  simpleBroker,
  SimpMessagingTemplate,
} from 'treadle';

@Controller()
class PriceController {
  @MessageMapping('/price')
  @SendTo('/topic/prices')
  price(text: string): string {
    return text;
  }
}

const policies = [
  { destinations: '/queue/jobs/**', kind: 'queue' },
  { destinations: '/topic/kept/*', history: { messages: 10 }, retainLast: true },
] as const;

const application = createApplication({
  controllers: [PriceController],
  broker: simpleBroker({ policies }),
  authenticate: ({ login }) => (login === undefined ? undefined : { name: login }),
  logger: silentLogger,
});
const template = application.container.resolve(SimpMessagingTemplate);

afterAll(() => application.stop());

describe('a subscription with a selector', () => {
  test('gets the messages of which it is true, in their order, and others get all', async () => {
    await using client = await connect(application);
    const red = await client.subscribe('/topic/cars', { selector: "color = 'red' AND weight > 1000" });
    const all = await client.subscribe('/topic/cars');

    await template.convertAndSend('/topic/cars', 'red and heavy', { color: 'red', weight: 1500 });
    await template.convertAndSend('/topic/cars', 'red and light', { color: 'red', weight: 900 });
    await template.convertAndSend('/topic/cars', 'no color');
    await template.convertAndSend('/topic/cars', 'red and heavy again', { color: 'red', weight: '1000.5' });

    expect(await red.next()).toBe('red and heavy');
    expect(await red.next()).toBe('red and heavy again');
    await red.expectNothing();
    expect(all.size).toBe(4);
  });

  test('gets what clients send, with the headers that receivers get', async () => {
    await using client = await connect(application);
    await using other = await connect(application);
    const inbox = await client.subscribe('/topic/notes', {
      selector: `"content-type" = 'text/plain' AND tag = 'x' AND passcode IS NULL AND receipt IS NULL`,
    });

    await other.send('/topic/notes', 'wanted', { tag: 'x', passcode: 'secret', 'content-type': 'text/plain' });
    await other.send('/topic/notes', 'unwanted', { tag: 'y', 'content-type': 'text/plain' });

    expect(await inbox.next()).toBe('wanted');
    await inbox.expectNothing();
  });

  test('works with wildcards, and may ask for the destination', async () => {
    await using client = await connect(application);
    const inbox = await client.subscribe('/topic/rooms/*', { selector: "destination LIKE '/topic/rooms/t%'" });

    for (const room of ['coffee', 'tea', 'tonic']) await template.convertAndSend(`/topic/rooms/${room}`, room);

    expect([await inbox.next(), await inbox.next()]).toEqual(['tea', 'tonic']);
    await inbox.expectNothing();
  });

  test('works at user destinations, where the reach counts those who wanted the message', async () => {
    await using phone = await connect(application, { login: 'alice' });
    await using desk = await connect(application, { login: 'alice' });
    const urgent = await phone.subscribe('/user/queue/news', {
      selector: "urgent = TRUE AND destination = '/user/queue/news'",
    });
    const all = await desk.subscribe('/user/queue/news');

    const quiet = await template.convertAndSendToUser('alice', '/queue/news', 'quiet');
    const loud = await template.convertAndSendToUser('alice', '/queue/news', 'loud', { urgent: true });

    expect([quiet.sessions, loud.sessions]).toEqual([1, 2]);
    expect(await urgent.next()).toBe('loud');
    await urgent.expectNothing();
    expect(all.size).toBe(2);
  });

  test.each(['', '   '])('that is %j is one without', async (selector) => {
    await using client = await connect(application);
    const inbox = await client.subscribe('/topic/any', { selector });

    await template.convertAndSend('/topic/any', 'x');

    expect(await inbox.next()).toBe('x');
  });

  test.each(['color =', "headers['color'] == 'red'"])(
    'that is malformed, such as %s, is refused with ERROR',
    async (selector) => {
      const client = await connect(application);

      const refused = client.subscribe('/topic/cars', { selector });

      await expect(refused).rejects.toThrow(StompServerError);
      await client.closed;
      expect(client.errorFrame?.headers['code']).toBe('SELECTOR_MALFORMED');
      expect(client.errorFrame?.body).not.toContain('position');
    },
  );

  test('asks for what a handler answers by its headers', async () => {
    await using client = await connect(application);
    const inbox = await client.subscribe('/topic/prices', { selector: '"correlation-id" = \'2\'' });

    await client.send('/app/price', 'first', { 'correlation-id': '1' });
    await client.send('/app/price', 'second', { 'correlation-id': '2' });

    expect(await inbox.next()).toBe('second');
    await inbox.expectNothing();
  });
});

describe('a selector and the policies of destinations', () => {
  test('a queue keeps what no consumer wants for one that does, and gives the rest on', async () => {
    await using mailer = await connect(application);
    await using printer = await connect(application);
    const mails = await mailer.subscribe('/queue/jobs/office', { selector: "kind = 'mail'" });

    await template.convertAndSend('/queue/jobs/office', 'print 1', { kind: 'print' });
    await template.convertAndSend('/queue/jobs/office', 'mail 1', { kind: 'mail' });
    expect(await mails.next()).toBe('mail 1');
    await mails.expectNothing();
    const prints = await printer.subscribe('/queue/jobs/office', { selector: "kind <> 'mail'" });

    expect(await prints.next()).toBe('print 1');
  });

  test('what is recovered from a history, or retained, is asked about too', async () => {
    await using client = await connect(application);
    for (const color of ['red', 'blue', 'red', 'blue']) {
      await template.convertAndSend('/topic/kept/cars', color, { color });
    }

    const recovered = await client.subscribe('/topic/kept/cars', { selector: "color = 'red'", offset: '0' });
    const retained = await client.subscribe('/topic/kept/cars', { selector: "color = 'red'" });
    const wanted = await client.subscribe('/topic/kept/*', { selector: "color = 'blue'" });

    expect([await recovered.next(), await recovered.next()]).toEqual(['red', 'red']);
    expect(await wanted.next()).toBe('blue');
    await recovered.expectNothing();
    await retained.expectNothing();
  });
});
