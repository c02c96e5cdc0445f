import { createLab, portOf } from '../src/lab.js';

describe('the environment of the lab', () => {
  it('refuses a broker it does not know', () => {
    expect(() => createLab({ BROKER: 'rabbitmq' })).toThrow('BROKER must be simple (or not set), not "rabbitmq"');
    expect(() => createLab({ BROKER: '' })).toThrow('BROKER must be simple (or not set), not ""');
  });

  it('names a port, 8080 by default', () => {
    expect([portOf({}), portOf({ PORT: '0' }), portOf({ PORT: '61613' })]).toEqual([8080, 0, 61_613]);
  });

  it.each(['', 'http', '-1', '65536', '80.5'])('refuses the port "%s"', (PORT) => {
    expect(() => portOf({ PORT })).toThrow(`PORT must be a number from 0 to 65535, not "${PORT}"`);
  });
});
