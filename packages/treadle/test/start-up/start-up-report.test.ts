import { connect } from '@treadle/testing';
import {
  createApplication,
  Controller,
  DestinationVariable,
  MessageMapping,
  Payload,
  SendTo,
  silentLogger,
  SubscribeMapping,
} from '../../src/index';
import { startUpForm } from '../../src/start-up/tell-start';
import { startUpLine, startUpReport } from '../../src/start-up/start-up-report';
import { RecordingLogger } from '../annotation/fixture';
import { BrokerElsewhere } from '../broker-elsewhere';

@Controller()
@MessageMapping('/chat')
class ChatController {
  @MessageMapping('/{room}')
  @SendTo('/topic/chat/{room}')
  say(@Payload() text: string, @DestinationVariable('room') _room: string): string {
    return text;
  }

  @SubscribeMapping('/rooms')
  rooms(): string[] {
    return [];
  }
}

describe('the report of a start', () => {
  test('shows who answers what, aligned, and what should be known', () => {
    const description = createApplication({ controllers: [ChatController] }).describe();

    expect(startUpReport(description)).toBe(`Treadle has started

  connect at     /ws
  controllers    /app
  simple broker  /topic  /queue
  users          /user

  SEND       /app/chat/{room}  ChatController.say(String, {room})  → /topic/chat/{room}
  SUBSCRIBE  /app/chat/rooms   ChatController.rooms()

  note  broker: every client may SEND straight to /topic, /queue, past the controllers; refuse it in an interceptor of clientInbound, unless it is meant`);
  });

  test('is one line in production', () => {
    const description = createApplication({ controllers: [ChatController] }).describe();

    expect(startUpLine(description)).toBe(
      'Treadle started: 2 mappings in 1 controller, SimpleBroker for /topic /queue, WebSocket at /ws, 1 note (application.describe().warnings)',
    );
  });

  test('says where a broker elsewhere is, and what it was told', () => {
    const { create } = new BrokerElsewhere();
    const description = createApplication({ broker: create, logger: silentLogger }).describe();

    expect(startUpReport(description)).toContain(`
  broker elsewhere  /topic
                    addresses: [ 'stomp://10.0.0.5:61613' ], connections: 'per-client', userRegistryBroadcast: false
  users             /user
`);
    expect(startUpLine(description)).toContain('BrokerElsewhere at stomp://10.0.0.5:61613 for /topic,');
  });

  test('the line counts warnings and notes apart, and says nothing where there is neither', () => {
    const description = createApplication({ controllers: [ChatController], logger: silentLogger }).describe();
    const [note] = description.warnings;
    const warning = { severity: 'warning', location: 'endpoints', problem: 'it is empty', cure: '' } as const;

    const both = startUpLine({ ...description, warnings: [warning, warning, ...(note ? [note] : [])] });

    expect(both).toMatch(/WebSocket at \/ws, 2 warnings and 1 note \(application\.describe\(\)\.warnings\)$/);
    expect(startUpLine({ ...description, warnings: [] })).toMatch(/WebSocket at \/ws$/);
  });

  test.each([
    [undefined, undefined, 'report'],
    ['auto', 'development', 'report'],
    ['auto', 'production', 'line'],
    ['auto', 'test', 'nothing'],
    [true, 'production', 'report'],
    [true, 'test', 'report'],
    [false, 'development', 'nothing'],
  ] as const)('with the option %s and NODE_ENV %s it is told as: %s', (option, environment, form) => {
    expect(startUpForm(option, new RecordingLogger(), environment)).toBe(form);
  });

  test('a silent logger is not even asked', () => {
    expect(startUpForm('auto', silentLogger, 'development')).toBe('nothing');
  });

  test('is logged when the application has started, once', async () => {
    const logger = new RecordingLogger();
    await using application = createApplication({ controllers: [ChatController], startUpReport: true, logger });
    expect(logger.lines).toEqual([]);

    const alice = await connect(application);
    await alice.disconnect();

    const told = logger.lines.filter(({ message }) => message.startsWith('Treadle has started'));
    expect(told.map(({ level }) => level)).toEqual(['info']);
  });
});
