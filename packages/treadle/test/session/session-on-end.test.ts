import { connect } from '@treadle/testing';
import {
  type Application,
  createApplication,
  type Message,
  SessionConnectedEvent,
  type SessionContext,
  SessionDisconnectEvent,
} from '../../src/index';
import { RecordingLogger } from '../annotation/fixture';

/** An application whose sessions write down what happens at their end. */
function noting(log: string[], onSession: (session: SessionContext) => void): Application {
  const application = createApplication({
    logger: new RecordingLogger(),
    interceptors: {
      clientInbound: [
        {
          preSend(message: Message) {
            if (message.type === 'DISCONNECT') log.push('DISCONNECT');
            return message;
          },
        },
      ],
    },
  });
  application.events.on(SessionConnectedEvent, ({ session }) => onSession(session));
  application.events.on(SessionDisconnectEvent, async () => {
    await Promise.resolve();
    log.push('event');
  });
  return application;
}

describe('session.onEnd', () => {
  it('calls back once, after DISCONNECT was handled and its event told (Spring R2)', async () => {
    const log: string[] = [];
    const application = noting(log, (session) => {
      session.onEnd(() => log.push('first'));
      session.onEnd(() => log.push('last'));
    });
    const alice = await connect(application);

    await alice.disconnect();
    await application.stop();

    expect(log).toEqual(['DISCONNECT', 'event', 'last', 'first']);
  });

  it('is waited for by the stop of the application', async () => {
    const log: string[] = [];
    const application = noting(log, (session) => {
      session.onEnd(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        log.push('released');
      });
    });
    await connect(application);

    await application.stop();

    expect(log).toEqual(['DISCONNECT', 'event', 'released']);
  });

  it('takes a callback back', async () => {
    const log: string[] = [];
    const application = noting(log, (session) => session.onEnd(() => log.push('never'))());
    await connect(application);

    await application.stop();

    expect(log).toEqual(['DISCONNECT', 'event']);
  });

  it('is called when nobody but a CONNECT interceptor ever saw the session', async () => {
    const log: string[] = [];
    const application = createApplication({
      logger: new RecordingLogger(),
      authenticate: ({ session }) => {
        session.onEnd(() => log.push('released'));
        throw new Error('no');
      },
    });

    await connect(application).catch(() => undefined);
    await application.stop();

    expect(log).toEqual(['released']);
  });
});
