import {
  type Application,
  type ApplicationOptions,
  AuthenticationError,
  createApplication,
  type HandshakeInterceptor,
  type Principal,
  simpleBroker,
} from 'treadle';

class Controllers {}

/** What compiles. */
export const options: ApplicationOptions = {
  controllers: [Controllers],
  endpoints: ['/ws', { path: '/other', allowedOrigins: '*', allowedOriginPatterns: ['https://*.example.org'] }],
  broker: simpleBroker({ destinationPrefixes: ['/topic'], cacheLimit: 0 }),
  limits: { sessions: 10, handshakeTimeMs: 1_000 },
  heartBeat: { sends: 0 },
  authenticate: async ({ login }): Promise<Principal | undefined> => {
    if (login === '') throw new AuthenticationError();
    return Promise.resolve(login === undefined ? undefined : { name: login });
  },
};

/** Guards an endpoint. */
export class Guard implements HandshakeInterceptor {
  async beforeHandshake({ headers }: { headers: { cookie?: string } }, attributes: Map<string, unknown>) {
    attributes.set('cookie', headers.cookie);
    return Promise.resolve(headers.cookie === undefined ? { status: 401 } : true);
  }
}

/** What does not. */
export function misuse(application: Application): void {
  // @ts-expect-error -- controllers are classes, not instances
  createApplication({ controllers: [new Controllers()] });
  // @ts-expect-error -- there is no such option
  createApplication({ controler: [Controllers] });
  // @ts-expect-error -- there is no such limit
  createApplication({ limits: { frames: 1 } });
  // @ts-expect-error -- an endpoint has a path
  createApplication({ endpoints: [{ allowedOrigins: '*' }] });
  // @ts-expect-error -- a user has a name
  createApplication({ authenticate: () => ({ id: 7 }) });
  // @ts-expect-error -- an interceptor decides
  createApplication({ endpoints: [{ path: '/ws', interceptors: [{ beforeHandshake() {} }] }] });
  // @ts-expect-error -- undefined is no decision: it must be true to let a client in
  createApplication({ endpoints: [{ path: '/ws', interceptors: [{ beforeHandshake: () => undefined }] }] });
  // @ts-expect-error -- an application is configured once
  application.limits.sessions = 7;
}
