import 'reflect-metadata';
import { connect } from '@treadle/testing';
import {
  type ApplicationOptions,
  type ChannelInterceptor,
  Controller,
  createApplication,
  type Message,
  MessageMapping,
  Principal,
  SendToUser,
  silentLogger,
} from 'treadle';

@Controller()
class WhoController {
  @MessageMapping('/who')
  @SendToUser('/queue/who')
  who(@Principal() user: Principal | undefined): string {
    return user?.name ?? 'nobody';
  }
}

function createWith(interceptor: ChannelInterceptor, options: ApplicationOptions = {}) {
  return createApplication({
    controllers: [WhoController],
    logger: silentLogger,
    interceptors: { clientInbound: [interceptor] },
    ...options,
  });
}

test('an interceptor of the inbound channel runs after authentication: it knows the user of CONNECT, and no passcode', async () => {
  const seen: unknown[] = [];
  const watching: ChannelInterceptor = {
    preSend: (message) => {
      seen.push([message.type, message.user?.name, message.headers.get('login'), message.headers.get('passcode')]);
      return message;
    },
  };
  await using application = createWith(watching, { authenticate: ({ login = '' }) => ({ name: login.toUpperCase() }) });

  await connect(application, { login: 'alice', passcode: 'secret' });

  expect(seen).toEqual([['CONNECT', 'ALICE', 'alice', undefined]]);
});

test('an interceptor does not see a CONNECT that authentication refuses', async () => {
  const seen: string[] = [];
  const watching: ChannelInterceptor = {
    preSend: (message) => {
      seen.push(message.type);
      return message;
    },
  };
  const refuse = (): never => {
    throw new Error('no');
  };
  await using application = createWith(watching, { authenticate: refuse });

  await expect(connect(application)).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });

  expect(seen).not.toContain('CONNECT');
});

test('an interceptor may set the user of a session while it connects, as in Spring', async () => {
  const signingIn: ChannelInterceptor = {
    async preSend(message: Message): Promise<Message> {
      await Promise.resolve(); // as a look into a database takes its time
      const name = message.headers.get('x-token');
      if (message.type === 'CONNECT' && message.session && name !== undefined) message.session.user = { name };
      return message;
    },
  };
  await using application = createWith(signingIn);
  const alice = await connect(application, { headers: { 'x-token': 'alice' } });
  const inbox = await alice.subscribe('/user/queue/who');

  await alice.send('/app/who');
  await application.template.convertAndSendToUser('alice', '/queue/who', 'a word for alice');

  expect(alice.userName).toBe('alice');
  expect([await inbox.next(), await inbox.next()]).toEqual(['alice', 'a word for alice']);
  expect(application.users.getUser('alice')?.sessions).toHaveLength(1);
});
