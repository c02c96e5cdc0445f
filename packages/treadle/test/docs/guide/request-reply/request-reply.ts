import 'reflect-metadata';
import { Controller, createApplication, MessageMapping, Payload } from 'treadle';

@Controller()
class SearchController {
  @MessageMapping('/search')
  async search(@Payload(String) text: string) {
    const words = ['tea', 'teapot', 'milk'];
    return words.filter((word) => word.startsWith(text));
  }
}

export const application = createApplication({ controllers: [SearchController] });
