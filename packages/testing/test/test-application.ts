import 'reflect-metadata';
import {
  type Application,
  type ApplicationOptions,
  AuthenticationError,
  Controller,
  createApplication,
  MessageMapping,
  Payload,
  Principal,
  SendToUser,
  silentLogger,
} from 'treadle';

@Controller()
class ChatController {
  @MessageMapping('/chat')
  say(@Payload(Object) message: unknown): unknown {
    return message;
  }

  @MessageMapping('/whisper')
  @SendToUser('/queue/whispers')
  whisper(@Principal() user: Principal | undefined, @Payload(String) text: string): string {
    return `${user?.name} whispers ${text}`;
  }

  @MessageMapping('/fail')
  fail(): void {
    throw new Error('internal text');
  }
}

/** What `/app/chat` gets, goes to `/topic/chat`. A login whose passcode equals it becomes the user. */
export function createChat(options: ApplicationOptions = {}): Application {
  return createApplication({
    controllers: [ChatController],
    logger: silentLogger,
    authenticate: ({ login, passcode }) => {
      if (login !== passcode) throw new AuthenticationError();
      return login === undefined ? undefined : { name: login };
    },
    ...options,
  });
}
