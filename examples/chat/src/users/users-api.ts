import { Router } from 'express';
import { injectable } from 'tsyringe';
import { BearerToken } from '../http/bearer-token.js';
import { bodyOf } from '../http/json-body.js';
import { UserDirectory } from './user-directory.js';

/** `/api/users`: making an account and finding people. */
@injectable()
export class UsersApi {
  constructor(
    private readonly users: UserDirectory,
    private readonly bearerToken: BearerToken,
  ) {}

  routes(): Router {
    const router = Router();
    router.post('/', async (request, response) => {
      response.status(201).json(await this.users.create(bodyOf(request)['name']));
    });
    router.get('/', this.bearerToken.required, async (_request, response) => {
      response.json({ users: await this.users.names() });
    });
    return router;
  }
}
