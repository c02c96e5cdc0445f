import { EventEmitter, once } from 'node:events';
import { connect } from '@treadle/testing';
import { IsString, Length } from 'class-validator';
import { z } from 'zod';
import {
  Controller,
  createApplication,
  createParameterDecorator,
  DestinationVariable,
  Header,
  MessageMapping,
  Payload,
  SendToUser,
  Session,
  SessionAttribute,
  SessionAttributes,
  type SessionContext,
  SessionId,
  silentLogger,
} from '../../../src/index';

class Note {
  @IsString() @Length(1, 20) text!: string;
}

class Tenant {
  constructor(readonly name: string) {}
}

const Trade = z.object({ ticker: z.string().toUpperCase(), shares: z.number().int().positive() });
const Language = createParameterDecorator(
  ({ message }, fallback: string) => message.headers.get('language') ?? fallback,
);

/** What the handler that waits tells the test. */
const happenings = new EventEmitter();

@Controller()
@SendToUser({ destinations: ['/queue/answers'], broadcast: false })
class Everything {
  @MessageMapping('/rooms/{room}/seats/{seat}')
  arguments(
    @Payload() note: Note,
    @Header('priority', { defaultValue: 5 }) priority: number,
    @Header('tag', { type: Array, required: false }) tags: string[] | undefined,
    @DestinationVariable('room') room: string,
    @DestinationVariable('seat') seat: number,
    @Session() session: SessionContext,
    @SessionId() sessionId: string,
    @Language('en') language: string,
    tenant: Tenant,
  ) {
    return [
      note instanceof Note && note.text,
      priority,
      tags,
      room,
      seat,
      session.id === sessionId,
      language,
      tenant.name,
    ];
  }

  @MessageMapping('/trade')
  trade(@Payload(Trade) trade: z.infer<typeof Trade>) {
    return trade;
  }

  @MessageMapping('/part')
  part(@Payload(Note, { path: 'notes[1]' }) note: Note) {
    return note.text;
  }

  @MessageMapping('/count')
  count(
    @SessionAttribute('count', { defaultValue: 0 }) count: number,
    @SessionAttributes() attributes: Map<string, unknown>,
  ) {
    attributes.set('count', count + 1);
    return count + 1;
  }

  @MessageMapping('/wait')
  async wait(signal: AbortSignal) {
    happenings.emit('began');
    await once(signal, 'abort');
    happenings.emit('aborted', signal.reason);
  }
}

const start = async () => {
  const application = createApplication({
    controllers: [Everything],
    logger: silentLogger,
    argumentResolvers: [
      {
        supportsParameter: ({ annotation, type }) => annotation === undefined && type === Tenant,
        bind: () => (call) => new Tenant(call.message.session?.handshake.url ?? ''),
      },
    ],
  });
  await application.start();
  const client = await connect(application);
  const answers = await client.subscribe('/user/queue/answers');
  const errors = await client.subscribe('/user/queue/errors');
  return { application, client, answers, errors };
};

describe('arguments of a running application', () => {
  test('of every kind come together', async () => {
    const { application, client, answers } = await start();
    await using _ = application;

    await client.send('/app/rooms/tea/seats/7', { text: 'hi' }, { language: 'de', tag: 'a' });

    expect(await answers.next()).toEqual(['hi', 5, ['a'], 'tea', 7, true, 'de', '/memory']);
  });

  test("a schema's output arrives, and its issues reach the client", async () => {
    const { application, client, answers, errors } = await start();
    await using _ = application;

    await client.send('/app/trade', { ticker: 'acme', shares: 3 });
    client.sendWithoutReceipt('/app/trade', { ticker: 'acme', shares: 0 });

    expect(await answers.next()).toEqual({ ticker: 'ACME', shares: 3 });
    expect(await errors.next()).toMatchObject({ code: 'PAYLOAD_INVALID', issues: [{ path: ['shares'] }] });
  });

  test('a part of the payload arrives, and what is wrong with it has the path from the root', async () => {
    const { application, client, answers, errors } = await start();
    await using _ = application;

    await client.send('/app/part', { notes: [{}, { text: 'second' }] });
    client.sendWithoutReceipt('/app/part', { notes: [{}, { text: '' }] });

    expect(await answers.next()).toBe('second');
    expect(await errors.next()).toMatchObject({ issues: [{ path: ['notes', 1, 'text'], rule: 'isLength' }] });
  });

  test('a variable that does not parse is named to the client', async () => {
    const { application, client, errors } = await start();
    await using _ = application;

    client.sendWithoutReceipt('/app/rooms/tea/seats/x', { text: 'hi' });

    expect(await errors.next()).toMatchObject({
      code: 'ARGUMENT_INVALID',
      issues: [{ path: ['seat'], message: "the destination variable 'seat' is not a number" }],
    });
  });

  test('Spring R1: attributes belong to one session and last as long as it', async () => {
    const { application, client, answers } = await start();
    await using _ = application;
    const other = await connect(application);
    const othersAnswers = await other.subscribe('/user/queue/answers');

    await client.send('/app/count');
    await client.send('/app/count');
    await other.send('/app/count');

    expect([await answers.next(), await answers.next(), await othersAnswers.next()]).toEqual([1, 2, 1]);
  });

  test('the signal fires when the session ends', async () => {
    const { application, client } = await start();
    await using _ = application;
    const began = once(happenings, 'began');
    const aborted = once(happenings, 'aborted');

    client.sendWithoutReceipt('/app/wait');
    await began;
    client.drop();

    expect(await aborted).toEqual([expect.any(Error)]);
  });
});
