import 'reflect-metadata';
import { IsInt } from 'class-validator';
import { injectable } from 'tsyringe';
import {
  type ChannelInterceptor,
  Controller,
  createApplication,
  createHandlerDecorator,
  DestinationVariable,
  type HandlerCall,
  type HandlerInterceptor,
  type Message,
  MessageMapping,
  Payload,
  UseInterceptors,
} from 'treadle';

class Accounts {
  roleOf(name: string | undefined): string {
    if (name === 'rita') return 'referee';
    return name === undefined ? 'guest' : 'player';
  }
}

class Move {
  @IsInt()
  field!: number;
}

/** Who may call a method, or the methods of a controller. */
const Roles = createHandlerDecorator<readonly string[]>();

@injectable()
class RolesGuard implements HandlerInterceptor {
  constructor(private readonly accounts: Accounts) {}

  beforeHandle({ handler, message }: HandlerCall): boolean {
    const allowed = Roles.of(handler);
    return !allowed || allowed.includes(this.accounts.roleOf(message.user?.name));
  }
}

@Controller()
@UseInterceptors(RolesGuard)
@Roles(['player', 'referee'])
class MatchController {
  @MessageMapping('/match/{id}/move')
  move(@DestinationVariable('id') id: string, @Payload() move: Move) {
    return { id, ...move };
  }

  @MessageMapping('/match/{id}/end')
  @Roles(['referee'])
  end(@DestinationVariable('id') id: string) {
    return { id, hasEnded: true };
  }
}

export const recorded: string[] = [];

function record(text: string, milliseconds: number): void {
  if (milliseconds >= 0) recorded.push(text);
}

class Audit implements HandlerInterceptor {
  readonly #startedAt = new WeakMap<HandlerCall, number>();

  beforeHandle(call: HandlerCall): void {
    this.#startedAt.set(call, performance.now());
  }

  afterHandle(call: HandlerCall): void {
    this.#note(call, 'done');
  }

  onError(call: HandlerCall, error: Error): void {
    this.#note(call, error.message);
  }

  #note(call: HandlerCall, outcome: string): void {
    const milliseconds = performance.now() - (this.#startedAt.get(call) ?? 0);
    record(`${call.handler.name} by ${call.message.user?.name}: ${outcome}`, milliseconds);
  }
}

export const application = createApplication({
  controllers: [MatchController],
  services: [Accounts],
  handlerInterceptors: [Audit],
  authenticate: ({ login }) => (login === undefined ? undefined : { name: login }),
});

class Timestamps implements ChannelInterceptor {
  preSend(message: Message): Message {
    return message.with({ headers: message.headers.with('sent-at', new Date().toISOString()) });
  }
}

application.brokerChannel.addInterceptor(new Timestamps());
