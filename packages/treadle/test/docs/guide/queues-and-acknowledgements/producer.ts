import { SimpMessagingTemplate } from 'treadle';
import { injectable } from 'tsyringe';

@injectable()
export class Uploads {
  constructor(private readonly template: SimpMessagingTemplate) {}

  async stored(image: string): Promise<void> {
    await this.template.convertAndSend('/queue/thumbnails', { image, width: 200 });
  }
}
