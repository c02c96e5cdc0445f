import { createLab, portOf, tcpPortOf } from '../src/lab.js';

describe('the environment of the lab', () => {
  it('refuses a broker it does not know', () => {
    const cure = 'BROKER must be simple, rabbitmq, or activemq (or not set), not';
    expect(() => createLab({ BROKER: 'kafka' })).toThrow(`${cure} "kafka"`);
    expect(() => createLab({ BROKER: '' })).toThrow(`${cure} ""`);
  });

  it('refuses what a relay cannot do', () => {
    const BROKER = 'rabbitmq';
    expect(() => createLab({ BROKER, CONNECTIONS: 'many' })).toThrow(
      'CONNECTIONS must be per-client or shared (or not set), not "many"',
    );
    expect(() => createLab({ BROKER, ON_BROKER_LOSS: 'wait' })).toThrow(
      'ON_BROKER_LOSS must be close or hold (or not set), not "wait"',
    );
    expect(() => createLab({ BROKER, RELAY: 'http://guest:secret@127.0.0.1' })).toThrow('write stomp://');
    expect(() => createLab({ BROKER, RELAY: 'http://guest:secret@127.0.0.1' })).not.toThrow('secret');
  });

  it.each([
    ['RELAY', 'stomp://127.0.0.1'],
    ['CONNECTIONS', 'shared'],
    ['ON_BROKER_LOSS', 'hold'],
  ])('refuses %s for the embedded broker', (name, value) => {
    expect(() => createLab({ [name]: value })).toThrow(`${name} needs a broker to speak of: set BROKER=rabbitmq`);
  });

  it('names a port, 8080 by default', () => {
    expect([portOf({}), portOf({ PORT: '0' }), portOf({ PORT: '61613' })]).toEqual([8080, 0, 61_613]);
  });

  it('names a port for TCP, none by default', () => {
    expect([tcpPortOf({}), tcpPortOf({ TCP_PORT: '0' }), tcpPortOf({ TCP_PORT: '61613' })]).toEqual([
      undefined,
      0,
      61_613,
    ]);
  });

  it.each(['', 'http', '-1', '65536', '80.5'])('refuses the port "%s"', (port) => {
    expect(() => portOf({ PORT: port })).toThrow(`PORT must be a number from 0 to 65535, not "${port}"`);
    expect(() => tcpPortOf({ TCP_PORT: port })).toThrow(`TCP_PORT must be a number from 0 to 65535, not "${port}"`);
  });

  it('names the interval of heart-beats', () => {
    expect(createLab({}).describe().heartBeat).toEqual({ sends: 10_000, expects: 10_000 });
    expect(createLab({ HEART_BEAT: '200' }).describe().heartBeat).toEqual({ sends: 200, expects: 200 });
    expect(() => createLab({ HEART_BEAT: 'often' })).toThrow(
      'HEART_BEAT must be a number from 0 to 60000, not "often"',
    );
  });
});
