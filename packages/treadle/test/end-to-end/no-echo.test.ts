import 'reflect-metadata';
import { connect, type Inbox, StompServerError } from '@treadle/testing';
import {
  type Application,
  Controller,
  createApplication,
  MessageMapping,
  type Principal,
  reply,
  SendTo,
  SendToUser,
  silentLogger,
  simpleBroker,
  SimpMessagingTemplate,
} from 'treadle';
import { injectable } from 'tsyringe';

@injectable()
@Controller()
class ChatController {
  constructor(private readonly template: SimpMessagingTemplate) {}

  @MessageMapping('/say')
  @SendTo('/topic/chat')
  say(text: string): string {
    return text;
  }

  @MessageMapping('/unannotated')
  unannotated(text: string): string {
    return text;
  }

  @MessageMapping('/replies')
  replies(text: string) {
    return reply(text).to('/topic/chat');
  }

  @MessageMapping('/stream')
  @SendTo('/topic/chat')
  async *stream(text: string) {
    yield text;
    await Promise.resolve();
    yield `${text} again`;
  }

  @MessageMapping('/template')
  async throughTemplate(text: string): Promise<void> {
    await this.template.convertAndSend('/topic/chat', text);
  }

  @MessageMapping('/devices')
  @SendToUser('/queue/devices')
  toDevices(text: string): string {
    return text;
  }

  @MessageMapping('/answer')
  @SendToUser({ destinations: ['/queue/devices'], broadcast: false })
  answer(text: string): string {
    return text;
  }
}

const policies = [
  { destinations: '/topic/kept', history: { messages: 10 } },
  { destinations: '/queue/jobs', kind: 'queue' },
] as const;

function createChat(): Application {
  return createApplication({
    controllers: [ChatController],
    broker: simpleBroker({ policies }),
    authenticate: ({ login }): Principal | undefined => (login === undefined ? undefined : { name: login }),
    logger: silentLogger,
  });
}

const application = createChat();
const template = application.container.resolve(SimpMessagingTemplate);

afterAll(() => application.stop());

const NO_ECHO = { 'no-echo': 'true' };

/** Everything a subscription got until it ended. */
async function received(inbox: Inbox): Promise<string[]> {
  await inbox.unsubscribe();
  return inbox.messages.map(({ body }) => body);
}

describe('a subscription with no-echo', () => {
  test('does not get what its own session sends to the destination, and others do', async () => {
    await using alice = await connect(application);
    await using bob = await connect(application);
    const own = await alice.subscribe('/topic/chat', NO_ECHO);
    const ownPattern = await alice.subscribe('/topic/*', NO_ECHO);
    const ownPlain = await alice.subscribe('/topic/chat');
    const others = await bob.subscribe('/topic/chat', NO_ECHO);

    await alice.send('/topic/chat', 'from alice');
    await bob.send('/topic/chat', 'from bob');
    await template.convertAndSend('/topic/chat', 'from the application');

    expect(await received(ownPlain)).toEqual(['from alice', 'from bob', 'from the application']);
    expect(await received(own)).toEqual(['from bob', 'from the application']);
    expect(await received(ownPattern)).toEqual(['from bob', 'from the application']);
    expect(await received(others)).toEqual(['from alice', 'from the application']);
  });

  test.each([
    ['/app/say', '/topic/chat', ['hi']],
    ['/app/unannotated', '/topic/unannotated', ['hi']],
    ['/app/replies', '/topic/chat', ['hi']],
    ['/app/stream', '/topic/chat', ['hi', 'hi again']],
  ])('does not get what a handler gives to everybody for its session: %s', async (destination, topic, expected) => {
    await using alice = await connect(application);
    await using bob = await connect(application);
    const own = await alice.subscribe(topic, NO_ECHO);
    const others = await bob.subscribe(topic);

    await alice.send(destination, 'hi');
    for (const text of expected) expect(await others.next()).toBe(text);

    await own.expectNothing();
  });

  test('gets what a handler publishes with the template: that is the application’s own', async () => {
    await using alice = await connect(application);
    const inbox = await alice.subscribe('/topic/chat', NO_ECHO);

    await alice.send('/app/template', 'hi');

    expect(await inbox.next()).toBe('hi');
  });

  test('leaves out what the application publishes with the sender’s id', async () => {
    await using alice = await connect(application);
    await using bob = await connect(application);
    const own = await alice.subscribe('/topic/chat', NO_ECHO);
    const others = await bob.subscribe('/topic/chat', NO_ECHO);

    await template.convertAndSend('/topic/chat', 'hi', (message) => message.with({ senderId: alice.sessionId }));

    expect(await others.next()).toBe('hi');
    await own.expectNothing();
  });

  test('gets what goes to all devices of its user only at the others, and always what answers itself', async () => {
    await using phone = await connect(application, { login: 'alice' });
    await using desk = await connect(application, { login: 'alice' });
    const onPhone = await phone.subscribe('/user/queue/devices', NO_ECHO);
    const onDesk = await desk.subscribe('/user/queue/devices', NO_ECHO);

    await phone.send('/app/devices', 'to all');
    await phone.send('/user/alice/queue/devices', 'sent to all');
    await phone.send('/app/answer', 'answer');

    expect([await onDesk.next(), await onDesk.next()]).toEqual(['to all', 'sent to all']);
    expect(await onPhone.next()).toBe('answer');
    await onPhone.expectNothing();
    await onDesk.expectNothing();
  });

  test('is about sessions, not users', async () => {
    await using phone = await connect(application, { login: 'alice' });
    await using desk = await connect(application, { login: 'alice' });
    const inbox = await desk.subscribe('/topic/chat', NO_ECHO);

    await phone.send('/app/say', 'hi');

    expect(await inbox.next()).toBe('hi');
  });

  test('can have a selector too', async () => {
    await using alice = await connect(application);
    await using bob = await connect(application);
    const inbox = await alice.subscribe('/topic/chat', { ...NO_ECHO, selector: "tag = 'x'" });

    await alice.send('/topic/chat', 'own', { tag: 'x' });
    await bob.send('/topic/chat', 'unwanted', { tag: 'y' });
    await bob.send('/topic/chat', 'wanted', { tag: 'x' });

    expect(await received(inbox)).toEqual(['wanted']);
  });

  test('does not get from a history, or from a queue, what its session sent', async () => {
    await using alice = await connect(application);
    await using bob = await connect(application);
    await alice.send('/topic/kept', 'own');
    await bob.send('/topic/kept', 'of bob');
    await alice.send('/queue/jobs', 'own job');

    const recovered = await alice.subscribe('/topic/kept', { ...NO_ECHO, offset: '0' });
    const jobs = await alice.subscribe('/queue/jobs', NO_ECHO);
    const jobsOfBob = await bob.subscribe('/queue/jobs', NO_ECHO);

    expect(await recovered.next()).toBe('of bob');
    expect(await jobsOfBob.next()).toBe('own job');
    await recovered.expectNothing();
    await jobs.expectNothing();
  });

  test('also leaves out what is sent in a transaction', async () => {
    await using alice = await connect(application);
    await using bob = await connect(application);
    const own = await alice.subscribe('/topic/chat', NO_ECHO);
    const others = await bob.subscribe('/topic/chat');

    const transaction = await alice.begin('t');
    await alice.send('/topic/chat', 'hi', { transaction: transaction.id });
    await transaction.commit();

    expect(await others.next()).toBe('hi');
    await own.expectNothing();
  });

  test('nothing tells receivers who sent a message', async () => {
    await using alice = await connect(application);
    await using bob = await connect(application);
    const others = await bob.subscribe('/topic/chat', NO_ECHO);

    await alice.send('/topic/chat', 'hi');

    const { headers } = await others.nextMessage();
    expect(JSON.stringify(headers)).not.toContain(alice.sessionId);
  });
});

describe('the header no-echo', () => {
  test('false is as if it was not there', async () => {
    await using alice = await connect(application);
    const inbox = await alice.subscribe('/topic/chat', { 'no-echo': 'false' });

    await alice.send('/topic/chat', 'hi');

    expect(await inbox.next()).toBe('hi');
  });

  test.each(['', 'TRUE', 'yes', '1'])('%j is refused with ERROR', async (value) => {
    const client = await connect(application);

    const refused = client.subscribe('/topic/chat', { 'no-echo': value });

    await expect(refused).rejects.toThrow(StompServerError);
    await client.closed;
    expect(client.errorFrame?.headers).toMatchObject({
      code: 'HEADER_MALFORMED',
      message: 'A header does not have the form it needs. no-echo is neither true nor false.',
    });
  });
});
