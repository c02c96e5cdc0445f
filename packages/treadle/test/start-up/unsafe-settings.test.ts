import {
  type ApplicationOptions,
  Controller,
  createApplication,
  MessageMapping,
  SendToUser,
  silentLogger,
} from '../../src/index';

/** Locations and problems of the notes. */
function notesOf(options: ApplicationOptions): readonly string[] {
  const { warnings } = createApplication({ logger: silentLogger, ...options }).describe();
  return warnings
    .filter(({ severity }) => severity === 'note')
    .map(({ location, problem }) => `${location}: ${problem}`);
}

const GUARDED: ApplicationOptions = { interceptors: { clientInbound: [{}] } };

describe('what is noted', () => {
  test('nothing, when messages of clients are looked at', () => {
    expect(notesOf(GUARDED)).toEqual([]);
  });

  test('clients may SEND past the controllers, when nothing looks at their messages', () => {
    expect(notesOf({})).toEqual(['broker: every client may SEND straight to /topic, /queue, past the controllers']);
  });

  test('pages of every site may connect', () => {
    const endpoints = ['/ws', { path: '/open', allowedOrigins: '*' as const }];

    expect(notesOf({ ...GUARDED, endpoints })).toEqual([
      "endpoint '/open': pages of every site may connect, with the cookies of whoever looks at them",
    ]);
  });

  test('compression', () => {
    const endpoints = [{ path: '/ws', compression: true }];

    expect(notesOf({ ...GUARDED, endpoints })).toEqual([expect.stringContaining('RFC 7692')]);
  });

  test('everybody is anonymous where users matter', () => {
    @Controller()
    class Mail {
      @MessageMapping('/mail') @SendToUser('/queue/mail') send() {}
    }
    const options = { controllers: [Mail], presence: true };

    expect(notesOf(options)).toContain(
      'authenticate: everybody is anonymous, but Mail.send sends to users, and presence tells who is connected',
    );
    expect(notesOf({ ...options, authenticate: () => ({ name: 'alice' }) }).join()).not.toContain('anonymous');
  });

  test('a session only is answered where @SendToUser is not broadcast: nobody needs a name for that', () => {
    @Controller()
    class Mail {
      @MessageMapping('/mail') @SendToUser({ destinations: ['/queue/mail'], broadcast: false }) send() {}
    }

    expect(notesOf({ controllers: [Mail] }).join()).not.toContain('anonymous');
  });

  test('a rate of octets that a single frame may exceed', () => {
    const limits = { octetsPerSecond: 10_000, frameBodyOctets: 10_001 };

    expect(notesOf({ ...GUARDED, limits })).toEqual([expect.stringContaining('limits.octetsPerSecond: it is 10000')]);
    expect(notesOf({ ...GUARDED, limits: { ...limits, frameBodyOctets: 10_000 } })).toEqual([]);
  });

  test('limits far above what one client should have, and a client that need not give a sign of life', () => {
    const limits = { frameBodyOctets: 17 * 1024 * 1024, sendBufferOctets: 64 * 1024 * 1024 }; // the second just so many

    expect(notesOf({ ...GUARDED, limits, heartBeat: { expects: 0 } })).toEqual([
      'limits.frameBodyOctets: it is 17825792, so that one client can take what the others need',
      expect.stringContaining('heartBeat.expects: it is 0'),
    ]);
  });
});
