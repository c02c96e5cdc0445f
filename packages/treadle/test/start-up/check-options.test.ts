import { connect } from '@treadle/testing';
import {
  applicationOptionsOf,
  type ApplicationOptions,
  Controller,
  createApplication,
  DEFAULTS,
  MessageMapping,
  silentLogger,
  simpleBroker,
} from '../../src/index';
import { findingsOfStart } from '../findings';

@Controller()
class PriceController {
  @MessageMapping('/price')
  price(): number {
    return 1;
  }
}

class Audit {
  preSend(message: unknown): unknown {
    return message;
  }
}

/** As JavaScript, JSON or a cast may bring them. */
function findingsOf(options: unknown): readonly string[] {
  return findingsOfStart(() => createApplication(options as ApplicationOptions)); // that is what is tested
}

describe('Names of options', () => {
  test('a name with a wrong letter fails the start with the one that was probably meant', () => {
    expect(findingsOf({ controlers: [PriceController], limits: { sesions: 3 }, heartBeat: { expect: 0 } })).toEqual([
      "controlers: there is no option of this name; did you mean 'controllers'?",
      "limits.sesions: there is no option of this name; did you mean 'sessions'?",
      "heartBeat.expect: there is no option of this name; did you mean 'expects'?",
    ]);
  });

  test('the names of endpoints, presence, converters and channels are looked at too', () => {
    expect(
      findingsOf({
        endpoints: [{ path: '/ws', allowedOrigin: '*' }],
        presence: { leaveDelay: 5 },
        messageConverters: { default: false },
        interceptors: { clientInbond: [] },
      }),
    ).toEqual([
      "endpoints[0].allowedOrigin: there is no option of this name; did you mean 'allowedOrigins'?",
      "presence.leaveDelay: there is no option of this name; did you mean 'leaveDelayMs'?",
      "messageConverters.default: there is no option of this name; did you mean 'defaults'?",
      "interceptors.clientInbond: there is no option of this name; did you mean 'clientInbound'?",
    ]);
  });

  test('a limit or a channel written among the options is told where it belongs', () => {
    expect(findingsOf({ sessions: 3, clientInbound: [] })).toEqual([
      'sessions: there is no option of this name; write limits: { sessions: … }',
      'clientInbound: there is no option of this name; write interceptors: { clientInbound: … }',
    ]);
  });

  test('a name like none is told which ones there are', () => {
    expect(findingsOf({ heartBeat: { milliseconds: 5 } })).toEqual([
      'heartBeat.milliseconds: there is no option of this name; leave it out; there are sends, expects',
    ]);
  });

  test('names that every object has are no options', () => {
    const options: unknown = JSON.parse('{ "limits": { "constructor": 1, "__proto__": 1 } }');

    expect(findingsOf(options)).toHaveLength(2);
  });

  test('an unknown name without a value is no mistake', () => {
    expect(findingsOf({ logger: silentLogger, port: undefined })).toEqual([]);
  });
});

describe('Kinds of options', () => {
  test('every option of another kind fails the start with what to give instead', () => {
    expect(
      findingsOf({
        controllers: PriceController,
        services: {},
        container: {},
        endpoints: '/ws',
        applicationDestinationPrefixes: '/app',
        userDestinationPrefix: 3,
        destinationSeparator: '|',
        properties: null,
        broker: simpleBroker,
        messageConverters: [{}],
        argumentResolvers: [Audit],
        replyHeaders: 'trace-id',
        returnValueHandlers: [null],
        validation: true,
        interceptors: [],
        handlerInterceptors: Audit,
        authenticate: { user: 'alice' },
        presence: 'yes',
        limits: 5,
        heartBeat: 10_000,
        concurrency: true,
        statsIntervalMs: '5',
        messageContext: 'true',
        startUpReport: 'never',
        logger: { log: () => undefined },
        clock: Date,
        configurers: Audit,
      }),
    ).toEqual([
      'controllers: it is the class PriceController; give a list of classes',
      'services: it is an object; give a list of classes',
      'container: it is an object; give a container of tsyringe, such as container.createChildContainer()',
      "endpoints: it is the text '/ws'; give a list of paths, such as ['/ws']",
      "applicationDestinationPrefixes: it is the text '/app'; give a list of texts, such as ['/app']",
      'userDestinationPrefix: it is 3; give text',
      "destinationSeparator: it is the text '|'; give '/' or '.'",
      'properties: it is null; give an object, or a function',
      'broker: it is a function; give what simpleBroker() or brokerRelay({ … }) answers: write broker: simpleBroker()',
      'messageConverters[0]: it is an object; give an object with fromMessage and toOctets',
      'argumentResolvers[0]: it is the class Audit; give an object with supportsParameter and bind',
      "replyHeaders: it is the text 'trace-id'; give a list of texts, or a function",
      'returnValueHandlers[0]: it is null; give an object with supportsReturn and bind',
      'validation: it is true; give an object',
      'interceptors: it is an empty list; give an object: { clientInbound: [], broker: [], clientOutbound: [] }',
      'handlerInterceptors: it is the class Audit; give a list of interceptors',
      'authenticate: it is an object; give a function',
      "presence: it is the text 'yes'; give true or false, or an object of options",
      'limits: it is 5; give an object of numbers: { sessions: 10_000 }',
      'heartBeat: it is 10000; give an object: { sends: 10_000, expects: 10_000 }',
      'concurrency: it is true; give a number, or false',
      "statsIntervalMs: it is the text '5'; give a number",
      "messageContext: it is the text 'true'; give true or false",
      "startUpReport: it is the text 'never'; give true or false, or 'auto'",
      'logger: it is an object; give an object with debug, info, warn and error',
      'clock: it is a function; give an object with now, wallTime, setTimeout and setInterval',
      'configurers: it is the class Audit; give a list of configurers',
    ]);
  });

  test('what stands inside is looked at, each entry by itself', () => {
    expect(
      findingsOf({
        endpoints: [5, { compression: true }, undefined],
        interceptors: { clientInbound: [Audit, undefined], broker: new Audit() },
        limits: { sessions: '5', streams: null, subscriptions: 0 },
        configurers: [null],
      }),
    ).toEqual([
      "endpoints[0]: it is 5; give text, or an object with a path, such as { path: '/ws' }",
      "endpoints[1]: it is an object; give text, or an object with a path, such as { path: '/ws' }",
      "endpoints[2]: it is undefined: perhaps its file is part of a circular import; give text, or an object with a path, such as { path: '/ws' }",
      'interceptors.clientInbound[0]: it is the class Audit; give an object with hooks: new YourInterceptor()',
      'interceptors.clientInbound[1]: it is undefined: perhaps its file is part of a circular import; give an object with hooks: new YourInterceptor()',
      'interceptors.broker: it is an object of Audit; give a list of interceptors',
      "limits.sessions: it is the text '5'; give a number",
      'limits.streams: it is null; give a number',
      'configurers[0]: it is null; give a class or an object',
      'limits.subscriptions: it is 0; give a number from 1 on',
    ]);
  });

  test('a long text is not repeated: it may be a secret', () => {
    expect(findingsOf({ limits: 'x'.repeat(41) })).toEqual([
      'limits: it is a text; give an object of numbers: { sessions: 10_000 }',
    ]);
  });

  test('options that are no object at all are told too', () => {
    expect(findingsOf(null)).toEqual(['options: it is null; give an object']);
    expect(findingsOf([PriceController])).toEqual(['options: it is a list; give an object']);
  });

  test('applicationOptionsOf looks at them as createApplication does', () => {
    const options = { limits: { sesions: 3 } } as ApplicationOptions; // a cast, as it is tested

    expect(findingsOfStart(() => applicationOptionsOf(options))).toEqual([
      "limits.sesions: there is no option of this name; did you mean 'sessions'?",
    ]);
  });
});

describe('Options without mistakes', () => {
  test('every default is one of them', () => {
    expect(findingsOf({ ...DEFAULTS, logger: silentLogger })).toEqual([]);
  });

  test('objects stay the ones that were given', async () => {
    class Counting {
      #seen = 0;

      preSend<T>(message: T): T {
        this.#seen += 1;
        return message;
      }

      get seen(): number {
        return this.#seen;
      }
    }
    const counting = new Counting();
    const interceptors = { clientInbound: [counting] };
    await using application = createApplication({ controllers: [PriceController], interceptors, logger: silentLogger });

    await (await connect(application)).send('/app/price', 1);

    expect(counting.seen).toBe(2); // CONNECT and SEND
  });

  test('an object of a class keeps what its class gives it', () => {
    class Partners {
      readonly path = '/partners';

      get compression(): boolean {
        return true;
      }
    }

    const application = createApplication({ endpoints: [new Partners()], logger: silentLogger });

    expect(application.describe().endpoints).toMatchObject([{ path: '/partners', compression: true }]);
  });

  test('an empty list of endpoints starts with a warning, for those who bring connections themselves', async () => {
    await using application = createApplication({
      controllers: [PriceController],
      endpoints: [],
      logger: silentLogger,
    });

    await (await connect(application)).send('/app/price', 1);

    expect(application.describe().warnings).toContainEqual({
      severity: 'warning',
      location: 'endpoints',
      problem: 'it is empty, so nobody can connect but by application.accept',
      cure: 'give a path, or leave the option out for /ws',
    });
  });
});
