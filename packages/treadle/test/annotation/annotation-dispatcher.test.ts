import { Controller, DestinationVariable, MessageMapping } from '../../src/index';
import { MessageRejectedError } from '../../src/foundation/errors';
import { Message, type MessageType, NO_PAYLOAD } from '../../src/messaging/message';
import { failureOf, Fixture } from './fixture';

@Controller()
class Echo {
  @MessageMapping('/echo/{id}') echo(@DestinationVariable('id') id: string) {
    return id;
  }
  @MessageMapping('/') root() {
    return 'root';
  }
}

async function answersOf(prefixes: readonly string[], destination: string): Promise<[string | undefined, string][]> {
  const fixture = new Fixture([Echo], { prefixes });
  await fixture.send(destination);
  return fixture.broker.sent;
}

describe('Spring D5: application destination prefixes', () => {
  test.each([['/app'], ['/app/']])('%s is cut off, the slash behind it stays', async (prefix) => {
    expect(await answersOf([prefix], '/app/echo/1')).toEqual([['/topic/echo/1', '1']]);
    expect(await answersOf([prefix], '/app/')).toEqual([['/topic/', 'root']]);
  });

  test.each([[''], ['/']])("'%s' offers every destination", async (prefix) => {
    expect(await answersOf([prefix], '/echo/1')).toEqual([['/topic/echo/1', '1']]);
  });

  test('each of several counts, the longest first', async () => {
    const prefixes = ['/app', '/app/v2', '/other'];

    expect(await answersOf(prefixes, '/app/echo/1')).toEqual([['/topic/echo/1', '1']]);
    expect(await answersOf(prefixes, '/app/v2/echo/1')).toEqual([['/topic/echo/1', '1']]);
    expect(await answersOf(prefixes, '/other/echo/1')).toEqual([['/topic/echo/1', '1']]);
  });

  test('a prefix ends at a slash', async () => {
    expect((await failureOf(() => new Fixture([Echo]).send('/application/echo/1'))).code).toBe('DESTINATION_UNKNOWN');
  });
});

describe('destinations that no method answers', () => {
  test.each(['/app/nobody', '/elsewhere', 'no-slash', ''])(
    "a SEND to '%s' fails as a failed handler does",
    async (destination) => {
      const fixture = new Fixture([Echo]);

      const { code } = await failureOf(() => fixture.send(destination));

      expect(code).toBe('DESTINATION_UNKNOWN');
      expect(fixture.broker.messages[0]?.destination).toBe('/user/alice/queue/errors');
      expect(fixture.logger.lines[0]).toMatchObject({ level: 'warn', details: { destination } });
      expect(fixture.logger.lines[0]?.details).not.toHaveProperty('handler');
    },
  );

  test.each([
    ['/app/nobody', "nobody handles SEND to '/app/nobody': no pattern matches '/nobody'"],
    ['/elsewhere', "nobody handles SEND to '/elsewhere': controllers answer below /app"],
    ['/echo/1', "nobody handles SEND to '/echo/1': a mapping '/echo/{id}' exists: SEND to '/app/echo/1'"],
  ])('what is thrown for %s names the way to a controller', async (destination, message) => {
    const failure = await failureOf(() => new Fixture([Echo]).send(destination));

    expect(failure.message).toBe(message);
  });

  test('without any application prefix it says so', async () => {
    const failure = await failureOf(() => new Fixture([Echo], { prefixes: [] }).send('/echo/1'));

    expect(failure.message).toBe("nobody handles SEND to '/echo/1': there is no application prefix");
  });

  test('a SUBSCRIBE is refused, and the session answers it', async () => {
    const fixture = new Fixture([Echo]);

    const failure = await failureOf(() => fixture.subscribe('/app/nobody'));

    expect(failure).toBeInstanceOf(MessageRejectedError);
    expect(failure.code).toBe('DESTINATION_UNKNOWN');
    expect(failure.message).toBe("nobody handles SUBSCRIBE to '/app/nobody': no pattern matches '/nobody'");
    expect(fixture.broker.messages).toEqual([]);
  });

  test('what the broker or a user destination takes is left to them', async () => {
    const fixture = new Fixture([Echo]);

    await fixture.send('/topic/a');
    await fixture.subscribe('/user/queue/a');

    expect(fixture.broker.messages).toEqual([]);
  });

  test('with every destination on offer, what a method answers it answers, the rest is left to the others', async () => {
    const fixture = new Fixture([Echo], { prefixes: ['/'] });

    await fixture.send('/topic/a');
    await fixture.send('/echo/1');

    expect(fixture.broker.sent).toEqual([['/topic/echo/1', '1']]);
  });

  test.each<MessageType>(['CONNECT', 'UNSUBSCRIBE', 'ACK', 'NACK', 'DISCONNECT'])(
    '%s is none of its business',
    async (type) => {
      const fixture = new Fixture([Echo]);

      await fixture.inbound.send(new Message({ type, payload: NO_PAYLOAD, destination: '/app/nobody' }));
      await fixture.inbound.send(new Message({ type: 'MESSAGE', payload: NO_PAYLOAD }));

      expect(fixture.broker.messages).toEqual([]);
    },
  );
});

describe('remembered destinations', () => {
  test('more destinations than are remembered all reach their method with their own variables', async () => {
    const fixture = new Fixture([Echo]);
    const ids = Array.from({ length: 5000 }, (_none, index) => String(index));

    for (const id of [...ids, ...ids]) await fixture.send(`/app/echo/${id}`);

    expect(fixture.broker.messages.map(({ payload }) => Buffer.from(payload).toString())).toEqual([...ids, ...ids]);
  });
});

describe('controllers', () => {
  test('are resolved once each', () => {
    const resolved: unknown[] = [];
    const fixture = new Fixture([Echo], {
      resolve(type) {
        resolved.push(type);
        return new type();
      },
    });

    void fixture.send('/app/echo/1');
    void fixture.send('/app/echo/2');

    expect(resolved).toEqual([Echo]);
  });

  test('a method is called on the object that was resolved, so that subclasses and proxies work', () => {
    class Replacement extends Echo {
      override echo(id: string) {
        return `replaced ${id}`;
      }
    }
    const fixture = new Fixture([Echo], { resolve: () => new Replacement() });

    void fixture.send('/app/echo/1');

    expect(fixture.broker.sent).toEqual([['/topic/echo/1', 'replaced 1']]);
  });

  test('an object without the method fails the message and says so in the log', async () => {
    const fixture = new Fixture([Echo], { resolve: () => ({}) });

    expect((await failureOf(() => fixture.send('/app/echo/1'))).message).toContain(
      'Echo.echo is missing in the resolved object',
    );
  });
});
