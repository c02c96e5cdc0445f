import 'reflect-metadata';
import { Controller, createApplication, MessageMapping, Payload, SendToUser } from 'treadle';

@Controller()
class SearchController {
  @MessageMapping('/search')
  async search(@Payload(String) text: string) {
    const words = ['tea', 'teapot', 'milk'];
    return words.filter((word) => word.startsWith(text));
  }

  @MessageMapping('/suggest')
  @SendToUser({ destinations: ['/queue/suggestions'], broadcast: false })
  async suggest(@Payload(String) text: string) {
    return this.search(text);
  }
}

export const application = createApplication({ controllers: [SearchController] });
