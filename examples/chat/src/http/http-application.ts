import { dirname, join } from 'node:path';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { injectable } from 'tsyringe';
import { AnnouncementsApi } from '../announcements/announcements-api.js';
import { ChatError } from '../chat-error.js';
import { ChatRoomsApi } from '../chat-rooms/chat-rooms-api.js';
import { DirectMessagesApi } from '../direct-messages/direct-messages-api.js';
import { UsersApi } from '../users/users-api.js';

const PAGE_FOLDER = join(__dirname, '../../public');
/** The folder of the browser modules inside the `@stomp/stompjs` package, served as they are. */
const STOMPJS_FOLDER = join(dirname(require.resolve('@stomp/stompjs')), '../esm6');

/** Everything over plain HTTP: the page and the JSON API. */
@injectable()
export class HttpApplication {
  constructor(
    private readonly users: UsersApi,
    private readonly chatRooms: ChatRoomsApi,
    private readonly directMessages: DirectMessagesApi,
    private readonly announcements: AnnouncementsApi,
  ) {}

  /** The listener for `http.createServer`. */
  handler(): express.Express {
    const app = express().disable('x-powered-by').use(securityHeaders);
    app.use('/vendor/stompjs', express.static(STOMPJS_FOLDER));
    app.use(express.static(PAGE_FOLDER));
    app.use('/api', express.json({ limit: '32kb' }), noCache);
    app.use('/api/users', this.users.routes());
    app.use('/api/chat-rooms', this.chatRooms.routes());
    app.use('/api/direct-messages', this.directMessages.routes());
    app.use('/api/announcements', this.announcements.routes());
    return app.use(answerUnknownPath, answerError);
  }
}

/** The page loads nothing from elsewhere and runs no inline script, so a text that slipped through as HTML would stay dead. */
const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      // stompjs times its heart-beats in a worker made from a blob: timers of hidden tabs are slowed down.
      'worker-src blob:',
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  });
  next();
};

const noCache: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

const answerUnknownPath: RequestHandler = (request, response) => {
  response.status(404).json({ code: 'NOT_FOUND', message: `There is nothing at ${request.method} ${request.path}.` });
};

// Express knows an error handler by its four parameters.
const answerError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  if (error instanceof ChatError) {
    response.status(error.status).json(error);
    return;
  }
  if (isRequestError(error)) {
    response
      .status(error.status)
      .json({ code: 'REQUEST_INVALID', message: `The request is not right: ${error.message}` });
    return;
  }
  console.error(error);
  response.status(500).json({ code: 'INTERNAL_ERROR', message: 'The server failed. Please try again.' });
};

/** What Express itself finds wrong in a request, such as a body that is not JSON. */
function isRequestError(error: unknown): error is Error & { status: number } {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500;
}
