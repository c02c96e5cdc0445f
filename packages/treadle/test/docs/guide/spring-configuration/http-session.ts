import { createApplication, HttpSessionHandshakeInterceptor, type SessionMiddleware } from 'treadle';

/** Stands for `session({ secret, resave: false, saveUninitialized: false })` of express-session. */
export const sessionMiddleware: SessionMiddleware = (request: { session?: object }, _response, next) => {
  request.session = { cookie: {}, user: 'alice', cart: ['oolong'] };
  next();
};

const httpSession = new HttpSessionHandshakeInterceptor({ middleware: sessionMiddleware, attributeNames: ['user'] });

export const application = createApplication({
  endpoints: [{ path: '/ws', interceptors: [httpSession] }],
  authenticate({ session }) {
    const user = session.attributes.get('user');
    return typeof user === 'string' ? { name: user } : undefined;
  },
});
