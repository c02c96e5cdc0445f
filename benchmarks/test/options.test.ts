import { readOptions } from '../src/options.js';

describe('the options of the benchmark', () => {
  it('are three rounds of two seconds of everything by default', () => {
    const options = readOptions([]);

    expect(options).toMatchObject({ rounds: 3, seconds: 2, warmUpSeconds: 1 });
    expect(options).toMatchObject({
      scenarios: { length: 11 },
      trials: [{ name: 'slow-consumer' }, { name: 'broker-relay' }],
      costs: [{ name: 'payload' }],
      contestants: [{ name: 'bare-ws' }, { name: 'treadle' }],
    });
  });

  it('choose scenarios and servers by name, and always keep the reference', () => {
    expect(readOptions(['--only', 'lock-step,treadle'])).toMatchObject({
      scenarios: [{ name: 'lock-step' }],
      trials: [],
      costs: [],
      contestants: [{ name: 'bare-ws' }, { name: 'treadle' }],
    });
    expect(readOptions(['--only', 'bare-ws'])).toMatchObject({ scenarios: { length: 11 }, contestants: { length: 1 } });
  });

  it('choose a cost by name, without any scenario', () => {
    expect(readOptions(['--only', 'payload'])).toMatchObject({ scenarios: [], costs: [{ name: 'payload' }] });
  });

  it('choose a trial by name, without any scenario', () => {
    expect(readOptions(['--only', 'slow-consumer'])).toMatchObject({
      scenarios: [],
      trials: [{ name: 'slow-consumer' }],
      costs: [],
    });
  });

  it('refuse names and numbers that make no sense', () => {
    expect(() => readOptions(['--only', 'fan-out-7'])).toThrow('--only knows no fan-out-7');
    expect(() => readOptions(['--rounds', 'many'])).toThrow('--rounds must be a number above zero, not "many"');
    expect(() => readOptions(['--seconds', '0'])).toThrow('--seconds must be a number above zero, not "0"');
  });
});
