import { Latencies } from '../../src/load/latencies.js';

describe('Latencies', () => {
  it('tell what so many of a hundred arrivals took at most', () => {
    const latencies = new Latencies();
    for (let sequence = 0; sequence < 3; sequence += 1) latencies.sent(sequence);
    for (let sequence = 0; sequence < 3; sequence += 1) latencies.arrived(sequence);

    expect(latencies.percentile(50)).toBeGreaterThanOrEqual(0);
    expect(latencies.percentile(99)).toBeGreaterThanOrEqual(latencies.percentile(50));
  });

  it('have no percentile while nothing arrived', () => {
    expect(() => new Latencies().percentile(99)).toThrow('nothing arrived');
  });
});
