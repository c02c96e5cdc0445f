import { setTimeout as delay } from 'node:timers/promises';
import {
  Controller,
  DestinationVariable,
  Message,
  MessageMapping,
  Payload,
  SendTo,
  SimpMessagingTemplate,
  SubscribeMapping,
} from 'treadle';
import { Person } from './person.js';

/** One destination for each thing that a client or a benchmark wants to see a controller do. */
@Controller()
export class LabController {
  readonly #template: SimpMessagingTemplate;

  constructor(template: SimpMessagingTemplate) {
    this.#template = template;
  }

  /**
   * Any octets of any content type come back unchanged, to all who listen. `@SendTo` would do the same, but call the answer
   * octets whatever the question was.
   */
  @MessageMapping('/echo.{id}')
  echo(message: Message, @DestinationVariable('id') id: string): Promise<void> {
    return this.#template.convertAndSend(`/topic/echo.${id}`, message.payload, contentTypeOf(message));
  }

  /** The same to the sender: every session of the user, or the session itself when it is anonymous. */
  @MessageMapping('/echo')
  async echoToUser(message: Message): Promise<void> {
    const { user, sessionId, payload } = message;
    const sender = user?.name ?? sessionId;
    if (sender !== undefined) {
      await this.#template.convertAndSendToUser(sender, '/queue/echo', payload, contentTypeOf(message));
    }
  }

  /** A handler that nobody prepared for the worst. */
  @MessageMapping('/fail')
  fail(): never {
    throw new Error('the lab fails on purpose');
  }

  /** Answers its payload after so many milliseconds; the session's next frame waits for it. */
  @MessageMapping('/slow/{milliseconds}')
  @SendTo('/topic/slow/{milliseconds}')
  async slow(message: Message, @DestinationVariable('milliseconds') milliseconds: number): Promise<Uint8Array> {
    await delay(milliseconds);
    return message.payload;
  }

  /** Answers a person who passed validation. */
  @MessageMapping('/dto')
  @SendTo('/topic/dto')
  dto(@Payload() person: Person): Person {
    return person;
  }

  /** Answers the subscription itself, once, with the time. */
  @SubscribeMapping('/now')
  now(): string {
    return new Date().toISOString();
  }
}

/** Octets are written with any content type; without one they are a binary blob (STOMP 1.2 § Header content-type). */
function contentTypeOf({ contentType }: Message): { 'content-type': string | undefined } {
  return { 'content-type': contentType };
}
