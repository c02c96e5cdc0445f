import 'reflect-metadata';
import { connect } from '@treadle/testing';
import {
  Controller,
  createApplication,
  type Message,
  MessageMapping,
  MessageRejectedError,
  SendToUser,
  silentLogger,
  simpleBroker,
} from '../../../src/index';
import { ApplicationServers } from './application-servers.js';
import { settled } from './server-hub.js';

@Controller()
class Echo {
  @MessageMapping('/everywhere')
  @SendToUser('/queue/echo')
  everywhere(text: string): string {
    return text;
  }

  @MessageMapping('/here')
  @SendToUser({ destinations: ['/queue/echo'], broadcast: false })
  here(text: string): string {
    return text;
  }
}

const options = { controllers: [Echo] };

/** How many messages to users were sent from server to server. */
function broadcasts(servers: ApplicationServers): number {
  return servers.hub.textsOf('user-destinations').length;
}

describe('messages to users of other servers (Spring L10)', () => {
  test('convertAndSendToUser reaches every session of the user on every server, in order', async () => {
    await using servers = new ApplicationServers(options);
    const [one, two] = await servers.startTwo();
    const inboxes = [
      await (await one.login('alice')).subscribe('/user/queue/news'),
      await (await two.login('alice')).subscribe('/user/queue/news'),
      await (await two.login('alice')).subscribe('/user/queue/news'),
    ];
    const bob = await (await two.login('bob')).subscribe('/user/queue/news');
    await settled();

    for (let number = 0; number < 20; number += 1) {
      void one.application.template.convertAndSendToUser('alice', '/queue/news', number);
    }

    for (const inbox of inboxes) {
      for (let number = 0; number < 20; number += 1) expect(await inbox.next()).toBe(number);
      await inbox.expectNothing();
    }
    await bob.expectNothing();
    expect(broadcasts(servers)).toBe(20);
  });

  test('who is connected here alone is told without the others', async () => {
    await using servers = new ApplicationServers(options);
    const [one] = await servers.startTwo();
    const inbox = await (await one.login('alice')).subscribe('/user/queue/news');

    await one.application.template.convertAndSendToUser('alice', '/queue/news', 'hello');

    expect(await inbox.next()).toBe('hello');
    expect(broadcasts(servers)).toBe(0);
  });

  test('the results of @SendToUser go to the sessions of the user on all servers; with broadcast:false to the asking one', async () => {
    await using servers = new ApplicationServers(options);
    const [one, two] = await servers.startTwo();
    const phone = await one.login('alice');
    const desk = await two.login('alice');
    const [atPhone, atDesk] = [await phone.subscribe('/user/queue/echo'), await desk.subscribe('/user/queue/echo')];
    await settled();

    await phone.send('/app/everywhere', 'both');
    await phone.send('/app/here', 'one');

    expect([await atPhone.next(), await atPhone.next()]).toEqual(['both', 'one']);
    expect(await atDesk.next()).toBe('both');
    await atDesk.expectNothing();
    expect(broadcasts(servers)).toBe(1);
  });

  test('what a client sends to a user destination reaches the user on the other server', async () => {
    await using servers = new ApplicationServers(options);
    const [one, two] = await servers.startTwo();
    const inbox = await (await two.login('b/ob %')).subscribe('/user/queue/news');
    await settled();

    await (await one.login('alice')).send('/user/b%2Fob %25/queue/news', 'hello');

    expect(await inbox.next()).toBe('hello');
  });

  test('receivers get the destination they subscribed to, user-defined headers and every octet; nothing tells who sent it', async () => {
    await using servers = new ApplicationServers(options);
    const [one, two] = await servers.startTwo();
    const inbox = await (await two.login('bob')).subscribe('/user/queue/news');
    await settled();
    const alice = await one.login('alice');
    const octets = Buffer.from([0, 10, 13, 255, 0]);

    alice.sendFrame(
      'SEND',
      {
        destination: '/user/bob/queue/news',
        'content-type': 'application/x',
        color: 'r\ned',
        passcode: 's',
        session: 'x',
      },
      octets,
    );

    const { headers, octets: received } = await inbox.nextMessage();
    expect(Buffer.from(received)).toEqual(octets);
    expect(headers).toMatchObject({ destination: '/user/queue/news', 'content-type': 'application/x', color: 'r\ned' });
    expect(Object.keys(headers).toSorted()).toEqual(
      ['color', 'content-length', 'content-type', 'destination', 'message-id', 'subscription'].toSorted(),
    );
    const [text = ''] = servers.hub.textsOf('user-destinations');
    expect(text).not.toContain('alice');
    expect(text).not.toContain('passcode');
    expect(text).not.toContain(alice.sessionId ?? 'no id');
  });

  test('whom nobody knows is offered to the others once: they may have just come', async () => {
    await using servers = new ApplicationServers(options);
    const [one, two] = await servers.startTwo();
    servers.hub.loses = ({ topic }) => topic === 'user-registry';
    const inbox = await (await two.login('bob')).subscribe('/user/queue/news');
    await settled();
    expect(one.application.users.getUser('bob')).toBeUndefined();

    await one.application.template.convertAndSendToUser('bob', '/queue/news', 'hello');

    expect(await inbox.next()).toBe('hello');
    expect(broadcasts(servers)).toBe(1);
  });

  test('what came from another server is not sent on, whoever it is for', async () => {
    await using servers = new ApplicationServers(options);
    const [one] = await servers.startTwo();
    await servers.start();

    await one.application.template.convertAndSendToUser('nobody', '/queue/news', 'x');
    await one.application.template.convertAndSendToUser('nobody', '/user/nobody/queue/news', 'x');
    await settled();

    expect(broadcasts(servers)).toBe(2);
  });

  test('the application reaches a session of another server by its id, a client does not', async () => {
    await using servers = new ApplicationServers(options);
    const [one, two] = await servers.startTwo();
    const nobody = await connect(two.application);
    const inbox = await nobody.subscribe('/user/queue/news');
    await settled();
    const alice = await one.login('alice');
    const { sessionId = '' } = nobody;

    await alice.send(`/user/${sessionId}/queue/news`, 'from alice');
    await one.application.template.convertAndSendToUser(sessionId, '/queue/news', 'from the application');

    expect(await inbox.next()).toBe('from the application');
    await inbox.expectNothing();
  });

  test('a message within the session that it is for stays here', async () => {
    await using servers = new ApplicationServers(options);
    const [one, two] = await servers.startTwo();
    await two.login('alice');
    await settled();
    const alice = await one.login('alice');
    const nobody = await connect(one.application);
    const inboxes = [await alice.subscribe('/user/queue/errors'), await nobody.subscribe('/user/queue/errors')];

    for (const client of [alice, nobody]) client.sendWithoutReceipt('/app/nothing', 'x');

    for (const inbox of inboxes) expect(await inbox.next()).toMatchObject({ code: 'DESTINATION_UNKNOWN' });
    expect(broadcasts(servers)).toBe(0);
  });

  test('interceptors of the broker channel see what is delivered on their server', async () => {
    const seen: string[] = [];
    const note = (server: string) => ({
      interceptors: {
        broker: [
          {
            preSend: (message: Message) => {
              seen.push(`${server} ${message.userDestination ?? 'as sent'}`);
              return message;
            },
          },
        ],
      },
    });
    await using servers = new ApplicationServers(options);
    const one = await servers.start(note('one'));
    const two = await servers.start(note('two'));
    await servers.knowEachOther();
    const inbox = await (await two.login('bob')).subscribe('/user/queue/news');
    await settled();
    seen.length = 0;

    await one.application.template.convertAndSendToUser('bob', '/queue/news', 'x');
    await inbox.next();

    expect(seen).toEqual(['one as sent', 'two /user/queue/news']);
  });
});

describe('messages to users while servers do not reach each other', () => {
  test('who is known to be elsewhere cannot be sent to; sessions here get it all the same', async () => {
    await using servers = new ApplicationServers(options);
    const [one, two] = await servers.startTwo();
    const here = await (await one.login('alice')).subscribe('/user/queue/news');
    await two.login('alice');
    await settled();
    one.link.setUp(false);

    const sent = one.application.template.convertAndSendToUser('alice', '/queue/news', 'x');

    await expect(sent).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' });
    expect(await here.next()).toBe('x');
  });

  test('a client whose message cannot get there is told, and stays', async () => {
    await using servers = new ApplicationServers(options);
    const [one, two] = await servers.startTwo();
    await two.login('bob');
    await settled();
    const alice = await one.login('alice');
    const errors = await alice.subscribe('/user/queue/errors');
    one.link.setUp(false);

    alice.sendWithoutReceipt('/user/bob/queue/news', 'x');

    expect(await errors.next()).toMatchObject({ code: 'BROKER_UNAVAILABLE', destination: '/user/bob/queue/news' });
    await alice.send('/app/here', 'still here');
  });

  test('whom nobody knows may be there by now: the sender is told that nobody was asked', async () => {
    await using servers = new ApplicationServers(options);
    const [one, two] = await servers.startTwo();
    one.link.setUp(false);
    const alice = await one.login('alice');
    const errors = await alice.subscribe('/user/queue/errors');
    await two.login('bob');
    const { template } = one.application;

    await expect(template.convertAndSendToUser('bob', '/queue/news', 'x')).rejects.toMatchObject({
      code: 'BROKER_UNAVAILABLE',
    });
    alice.sendWithoutReceipt('/user/bob/queue/news', 'x');
    expect(await errors.next()).toMatchObject({ code: 'BROKER_UNAVAILABLE', destination: '/user/bob/queue/news' });
  });

  test('nobody is nobody, and no failure, when all users of all servers are known', async () => {
    await using servers = new ApplicationServers(options);
    const [one] = await servers.startTwo();
    one.link.refusal = new MessageRejectedError('refused', { code: 'BROKER_REFUSED', endsSession: false });

    const reached = await one.application.template.convertAndSendToUser('bob', '/queue/news', 'x');

    expect(reached).toEqual({ sessions: 0, elsewhere: 0 });
  });

  test('a user who is here gets results and messages at once; sessions elsewhere that are not known are not waited for', async () => {
    await using servers = new ApplicationServers(options);
    const [one] = await servers.startTwo();
    one.link.setUp(false);
    const alice = await one.login('alice');
    const inbox = await alice.subscribe('/user/queue/echo');

    const reached = await one.application.template.convertAndSendToUser('alice', '/queue/echo', 'x');
    await alice.send('/app/everywhere', 'y');

    expect(reached).toEqual({ sessions: 1 });
    expect([await inbox.next(), await inbox.next()]).toEqual(['x', 'y']);
  });

  test('where servers do not tell each other who is connected, more sessions of a user who is here are taken to be elsewhere', async () => {
    await using servers = new ApplicationServers(options);
    const one = await servers.start({}, servers.hub.link(['user-destinations']));
    const inbox = await (await one.login('alice')).subscribe('/user/queue/news');
    one.link.setUp(false);

    const sent = one.application.template.convertAndSendToUser('alice', '/queue/news', 'x');

    await expect(sent).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' });
    expect(await inbox.next()).toBe('x');
  });

  test('a message of another server that is malformed is dropped, and the log says so', async () => {
    await using servers = new ApplicationServers(options);
    const [one, two] = await servers.startTwo();
    const inbox = await (await one.login('alice')).subscribe('/user/queue/news');
    const bodies = [
      'x',
      '\n',
      'null\n',
      '{"v":1}\n',
      '{"v":1,"destination":"/user/alice/queue/news"}\n',
      '{"v":1,"destination":"/user/alice/queue/news","headers":["a"]}\n',
      '{"v":1,"destination":"/user/alice","headers":[]}\n',
      '{"v":1,"destination":"/topic/elsewhere","headers":[]}\n',
      '{"v":2,"destination":"/user/alice/queue/news","headers":[]}\n',
      '{"v":1,"destination":"/user/alice/queue/news","headers":[]}\nwell',
    ];

    for (const body of bodies) {
      await two.link.broadcast('user-destinations', Buffer.from(body));
    }

    expect((await inbox.nextMessage()).body).toBe('well');
    await inbox.expectNothing();
    const warnings = one.logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warnings.filter((message) => message.includes('another server'))).toEqual([
      'a message of another server is malformed',
      'a message of another server could not be delivered',
    ]);
  });
});

describe('how far a message to a user got', () => {
  test('sessions of other servers that had subscribed are told beside those of this one', async () => {
    await using servers = new ApplicationServers(options);
    const [one, two] = await servers.startTwo();
    await (await one.login('alice')).subscribe('/user/queue/news');
    await (await two.login('alice')).subscribe('/user/queue/news');
    await (await two.login('alice')).subscribe('/user/queue/other');
    await settled();
    const { template } = one.application;

    expect(await template.convertAndSendToUser('alice', '/queue/news', 'x')).toEqual({ sessions: 1, elsewhere: 1 });
    expect(await template.convertAndSendToUser('bob', '/queue/news', 'x')).toEqual({ sessions: 0, elsewhere: 0 });
  });

  test('where servers do not tell each other who is connected, every message goes to all of them, and nothing is said of others', async () => {
    await using servers = new ApplicationServers(options);
    const topics = ['user-destinations'] as const;
    const one = await servers.start({}, servers.hub.link(topics));
    const two = await servers.start({}, servers.hub.link(topics));
    const inboxes = [
      await (await one.login('alice')).subscribe('/user/queue/news'),
      await (await two.login('alice')).subscribe('/user/queue/news'),
    ];

    const reached = await one.application.template.convertAndSendToUser('alice', '/queue/news', 'x');

    expect(reached).toEqual({ sessions: 1 });
    for (const inbox of inboxes) expect(await inbox.next()).toBe('x');
    expect(two.application.users.userCount).toBe(1);
    (await one.login('alice')).sendWithoutReceipt('/app/nothing', 'an error notice is for one session');
    await settled();
    expect(broadcasts(servers)).toBe(1);
  });

  test('where servers do not send each other messages, a user elsewhere is known and not reached', async () => {
    await using servers = new ApplicationServers(options);
    const one = await servers.start({}, servers.hub.link(['user-registry']));
    const two = await servers.start({}, servers.hub.link(['user-registry']));
    const inbox = await (await two.login('alice')).subscribe('/user/queue/news');
    await settled();

    const reached = await one.application.template.convertAndSendToUser('alice', '/queue/news', 'x');

    expect(reached).toEqual({ sessions: 0 });
    expect(one.application.users.getUser('alice')).toBeDefined();
    await inbox.expectNothing();
  });

  test('the embedded broker has one server alone', async () => {
    await using application = createApplication({ logger: silentLogger, broker: simpleBroker() });
    const client = await connect(application);
    const inbox = await client.subscribe('/user/queue/news');
    const { sessionId = '' } = client;

    expect(await application.template.convertAndSendToUser(sessionId, '/queue/news', 'x')).toEqual({ sessions: 1 });
    expect(await application.template.convertAndSendToUser('bob', '/queue/news', 'x')).toEqual({ sessions: 0 });
    expect(await inbox.next()).toBe('x');
  });
});
