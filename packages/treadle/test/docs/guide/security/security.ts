import {
  AuthenticationError,
  type ChannelInterceptor,
  type ConnectRequest,
  createApplication,
  type Message,
  MessageRejectedError,
  type Principal,
} from 'treadle';

const TOKENS = new Map([['s3cret', { name: 'alice' }]]);

function verify(token: string | undefined): Promise<Principal | undefined> {
  return Promise.resolve(token === undefined ? undefined : TOKENS.get(token));
}

async function authenticate({ headers }: ConnectRequest): Promise<Principal> {
  const token = headers.get('authorization')?.replace(/^Bearer /, '');
  const user = await verify(token);
  if (!user) throw new AuthenticationError('no valid token');
  return user;
}

/** Clients talk to controllers only, and subscribe without wildcards. */
class DestinationRules implements ChannelInterceptor {
  preSend(message: Message): Message {
    const { type, destination = '', user } = message;
    const isRefused =
      (type === 'MESSAGE' && !destination.startsWith('/app/')) || (type === 'SUBSCRIBE' && /[*?{#]/.test(destination));
    if (!isRefused) return message;
    throw new MessageRejectedError(`${user?.name} may not ${type} ${destination}`, { code: 'ACCESS_DENIED' });
  }
}

export const application = createApplication({
  authenticate,
  interceptors: { clientInbound: [new DestinationRules()] },
});
