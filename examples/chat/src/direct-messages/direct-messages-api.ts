import { Router } from 'express';
import { injectable } from 'tsyringe';
import { BearerToken, userNameOf } from '../http/bearer-token.js';
import { historyRangeOf } from '../messages/history-range.js';
import { conversationOfPair, MessageStore } from '../messages/message-store.js';
import { UserDirectory } from '../users/user-directory.js';

/** `/api/direct-messages`: with whom one has talked, and what. */
@injectable()
export class DirectMessagesApi {
  constructor(
    private readonly users: UserDirectory,
    private readonly messages: MessageStore,
    private readonly bearerToken: BearerToken,
  ) {}

  routes(): Router {
    const router = Router().use(this.bearerToken.required);
    router.get('/', async (_request, response) => {
      response.json({ conversations: await this.messages.partnersOf(userNameOf(response)) });
    });
    router.get('/:name/messages', async (request, response) => {
      const { name } = request.params;
      await this.users.require(name);
      response.json(await this.messages.read(conversationOfPair(userNameOf(response), name), historyRangeOf(request)));
    });
    return router;
  }
}
