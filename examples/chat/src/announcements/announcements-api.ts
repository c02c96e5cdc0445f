import { Router } from 'express';
import { SimpMessagingTemplate } from 'treadle';
import { injectable } from 'tsyringe';
import { ChatError } from '../chat-error.js';
import { BearerToken, userNameOf } from '../http/bearer-token.js';
import { bodyOf } from '../http/json-body.js';
import { historyRangeOf } from '../messages/history-range.js';
import { AnnouncementStore } from './announcement-store.js';

/**
 * `POST /api/announcements`: from HTTP to every window on every server, by the injected template. Any person may announce here; a real
 * product would ask for a role. `GET`: what was announced while a page was away.
 */
@injectable()
export class AnnouncementsApi {
  constructor(
    private readonly announcements: AnnouncementStore,
    private readonly template: SimpMessagingTemplate,
    private readonly bearerToken: BearerToken,
  ) {}

  routes(): Router {
    const router = Router().use(this.bearerToken.required);
    router.get('/', async (request, response) => {
      response.json(await this.announcements.since(historyRangeOf(request).after));
    });
    router.post('/', async (request, response) => {
      const text = announcementTextFrom(bodyOf(request));
      const announcement = await this.announcements.append(text, userNameOf(response));
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
