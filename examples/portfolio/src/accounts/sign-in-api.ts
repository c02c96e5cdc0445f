import { Router } from 'express';
import { injectable } from 'tsyringe';
import { DEMO_ACCOUNTS } from './demo-accounts.js';
import { SignIns } from './sign-ins.js';

/** `/api`: who can sign in, signing in and out. Over plain HTTP, because a STOMP session begins with what it gives. */
@injectable()
export class SignInApi {
  constructor(private readonly signIns: SignIns) {}

  routes(): Router {
    const router = Router();
    router.get('/traders', (_request, response) => {
      response.json({ traders: DEMO_ACCOUNTS.map(({ trader }) => trader) });
    });
    router.post('/sign-ins', (request, response) => {
      const signIn = this.signIns.signIn(nameIn(request.body));
      if (signIn) response.status(201).json(signIn);
      else response.status(404).json({ code: 'TRADER_UNKNOWN', message: 'There is no account of that name.' });
    });
    router.delete('/sign-ins', (request, response) => {
      const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
      if (this.signIns.signOut(token)) response.status(204).end();
      else response.status(401).json({ code: 'TOKEN_UNKNOWN', message: 'Nobody is signed in with that token.' });
    });
    return router;
  }
}

function nameIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'name' in body ? body.name : undefined;
}
