import type { RequestHandler, Response } from 'express';
import { injectable } from 'tsyringe';
import { ChatError } from '../chat-error.js';
import { UserDirectory } from '../users/user-directory.js';

/** Knows who sends an HTTP request, by `Authorization: Bearer <token>`. */
@injectable()
export class BearerToken {
  constructor(private readonly users: UserDirectory) {}

  /** Put before routes that need an account. Answers 401 `TOKEN_MISSING` or `TOKEN_UNKNOWN` otherwise. */
  readonly required: RequestHandler = async (request, response, next) => {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!token) throw new ChatError('TOKEN_MISSING', 'This needs the header "Authorization: Bearer <your token>".');
    const name = await this.users.findNameByToken(token);
    if (name === undefined) {
      throw new ChatError('TOKEN_UNKNOWN', 'This server does not know you. Please pick a name again.');
    }
    response.locals['userName'] = name;
    next();
  };
}

/** The name of the person who sent a request that passed `BearerToken.required`. */
export function userNameOf(response: Response): string {
  return String(response.locals['userName']);
}
