import { Router } from 'express';
import { SimpMessagingTemplate } from 'treadle';
import { injectable } from 'tsyringe';
import { ChatError } from '../chat-error.js';
import { BearerToken, userNameOf } from '../http/bearer-token.js';
import { bodyOf } from '../http/json-body.js';

/**
 * `POST /api/announcements`: from HTTP to every window, by the injected template. Any person may announce here; a real product
 * would ask for a role.
 */
@injectable()
export class AnnouncementsApi {
  constructor(
    private readonly template: SimpMessagingTemplate,
    private readonly bearerToken: BearerToken,
  ) {}

  routes(): Router {
    const router = Router().use(this.bearerToken.required);
    router.post('/', async (request, response) => {
      const announcement = {
        text: announcementTextFrom(bodyOf(request)),
        sender: userNameOf(response),
        sentAt: new Date().toISOString(),
      };
      await this.template.convertAndSend('/topic/announcements', announcement);
      response.status(202).json(announcement);
    });
    return router;
  }
}

function announcementTextFrom({ text }: Readonly<Record<string, unknown>>): string {
  const announced = typeof text === 'string' ? text.trim() : '';
  if (announced.length >= 1 && announced.length <= 280) return announced;
  throw new ChatError('ANNOUNCEMENT_INVALID', 'An announcement has a "text" of 1 to 280 characters.');
}
