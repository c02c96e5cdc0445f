import { numberedBody, stompText } from '../../src/load/client-frames.js';
import { Sampler } from '../../src/load/sampler.js';

const expected = { subscription: 'sub-1', destination: '/topic/fan', sequence: 5 };
const headers = { subscription: 'sub-1', 'message-id': '9', destination: '/topic/fan' };

describe('Sampler', () => {
  it('looks at the first message and then at every 997th', () => {
    const sampler = new Sampler();
    const octets = Buffer.alloc(0);

    const due = Array.from({ length: 2_000 }, () => sampler.isDue(octets));

    expect(due.flatMap((isDue, index) => (isDue ? [index] : []))).toEqual([0, 997, 1_994]);
  });

  it('looks at the next message when the one due came in pieces', () => {
    const sampler = new Sampler();

    expect([sampler.isDue(undefined), sampler.isDue(Buffer.alloc(0))]).toEqual([false, true]);
  });

  it('says when the message it looks at has not come whole yet', () => {
    const sampler = new Sampler();

    const before = sampler.isWaiting;
    sampler.isDue(undefined);
    const inPieces = sampler.isWaiting;
    sampler.isDue(Buffer.alloc(0));

    expect([before, inPieces, sampler.isWaiting]).toEqual([false, true, false]);
  });

  it('accepts a body of another length when that is expected', () => {
    const frame = stompText('MESSAGE', headers, numberedBody(5, 1_000));

    expect(() => new Sampler().check(frame, { ...expected, bodyLength: 1_000 })).not.toThrow();
    expect(() => new Sampler().check(frame, expected)).toThrow('wrong message');
  });

  it('accepts the expected message, with further headers and in any order', () => {
    const sampler = new Sampler();
    const frame = stompText('MESSAGE', { 'content-length': '128', ...headers }, numberedBody(5));

    expect(() => sampler.check(frame, expected)).not.toThrow();
    expect(() => sampler.assertChecked()).not.toThrow();
  });

  it.each([
    ['another command', stompText('ERROR', headers, numberedBody(5))],
    ['another subscription', stompText('MESSAGE', { ...headers, subscription: 'sub-2' }, numberedBody(5))],
    ['another destination', stompText('MESSAGE', { ...headers, destination: '/topic/x' }, numberedBody(5))],
    ['no message-id', stompText('MESSAGE', { subscription: 'sub-1', destination: '/topic/fan' }, numberedBody(5))],
    ['a message out of order', stompText('MESSAGE', headers, numberedBody(6))],
    ['a body cut short', stompText('MESSAGE', headers, numberedBody(5).slice(0, 100))],
  ])('refuses %s', (_, frame) => {
    expect(() => new Sampler().check(frame, expected)).toThrow('wrong message');
  });

  it('does not pass a run in which nothing was checked', () => {
    expect(() => new Sampler().assertChecked()).toThrow('not one message could be checked');
  });
});
