import { DestinationPrefixes } from '../../../src/broker/delivery/destination-prefixes.js';

describe('DestinationPrefixes', () => {
  it.each([
    ['/topic', true],
    ['/topic/', true],
    ['/topic/x', true],
    ['/topic.x', true],
    ['/topics', false],
    ['/topic-x', false],
    ['/topicX/y', false],
    ['/to', false],
    ['topic/x', false],
    ['/a/topic/x', false],
    ['', false],
  ])('/topic covers %s: %s', (destination, expected) => {
    expect(new DestinationPrefixes(['/topic']).covers(destination)).toBe(expected);
  });

  it('any of several prefixes will do', () => {
    const prefixes = new DestinationPrefixes(['/topic', '/queue/jobs']);

    expect(prefixes.covers('/queue/jobs/1')).toBe(true);
    expect(prefixes.covers('/queue/other')).toBe(false);
  });

  it.each(['/topic/', '/topic.', '/topic//'])('%s is the same prefix as /topic', (prefix) => {
    const prefixes = new DestinationPrefixes([prefix]);

    expect(prefixes.covers('/topic/x')).toBe(true);
    expect(prefixes.covers('/topic')).toBe(true);
    expect(prefixes.covers('/topics')).toBe(false);
  });

  it('good prefixes pass the check', () => {
    expect(() => new DestinationPrefixes(['/topic', '/queue/']).check()).not.toThrow();
    expect(() => new DestinationPrefixes(['topic', 'queue']).check()).not.toThrow();
  });
});
