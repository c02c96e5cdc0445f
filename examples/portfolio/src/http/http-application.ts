import { dirname, join } from 'node:path';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { injectable } from 'tsyringe';
import { SignInApi } from '../accounts/sign-in-api.js';

const PAGE_FOLDER = join(__dirname, '../../public');
/** The folder of the browser modules inside the `@stomp/stompjs` package, served as they are. */
const STOMPJS_FOLDER = join(dirname(require.resolve('@stomp/stompjs')), '../esm6');

/** Everything over plain HTTP: the page, and signing in. */
@injectable()
export class HttpApplication {
  constructor(private readonly signIn: SignInApi) {}

  /** The listener for `http.createServer`. */
  handler(): express.Express {
    const app = express().disable('x-powered-by').use(securityHeaders);
    app.use('/vendor/stompjs', express.static(STOMPJS_FOLDER));
    app.use(express.static(PAGE_FOLDER));
    app.use('/api', express.json({ limit: '4kb' }), noCache, this.signIn.routes());
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
  if (isRequestError(error)) {
    const message = `The request is not right: ${error.message}`;
    response.status(error.status).json({ code: 'REQUEST_INVALID', message });
    return;
  }
  console.error(error);
  response.status(500).json({ code: 'INTERNAL_ERROR', message: 'The server failed. Please try again.' });
};

/** What Express itself finds wrong in a request, such as a body that is not JSON. */
function isRequestError(error: unknown): error is Error & { status: number } {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500;
}
