import { Suspects } from '../../../../src/broker/relay/shared/suspects.js';
import { createSession } from '../../broker-under-test.js';

describe('Suspects', () => {
  it('a session is one alone, a user with all its sessions', () => {
    const suspects = new Suspects();
    suspects.add(createSession('1'));
    suspects.add({ ...createSession('2'), user: { name: 'mallory' } });

    expect(suspects.has(createSession('1'))).toBe(true);
    expect(suspects.has({ ...createSession('3'), user: { name: 'mallory' } })).toBe(true);
    expect(suspects.has(createSession('2'))).toBe(false);
    expect(suspects.has({ ...createSession('4'), user: { name: '1' } })).toBe(false);
  });

  it('are a thousand at most: then whoever was at fault the longest ago is trusted again', () => {
    const suspects = new Suspects();
    for (let index = 0; index < 1000; index += 1) suspects.addDestination(`/topic/${index}`);
    suspects.addDestination('/topic/0'); // at fault again
    suspects.addDestination('/topic/1000');

    expect(suspects.hasDestination('/topic/0')).toBe(true);
    expect(suspects.hasDestination('/topic/1')).toBe(false);
    expect(suspects.hasDestination('/topic/2')).toBe(true);
  });
});
