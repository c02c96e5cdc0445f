import { negotiateVersion, STOMP_VERSIONS } from '@treadle/stomp';

describe('the version of a session', () => {
  it('is 1.0 when CONNECT has no accept-version (C3)', () => {
    expect(negotiateVersion(undefined)).toBe('1.0');
  });

  it.each([
    ['1.2', '1.2'],
    ['1.0,1.1,1.2', '1.2'],
    ['1.1,1.0', '1.1'],
    ['1.0,1.1', '1.1'],
    ['1.1,2.0', '1.1'],
    ['1.0, 1.2', '1.2'],
  ])('is the highest of "%s" that both sides speak: %s (C4)', (acceptVersion, version) => {
    expect(negotiateVersion(acceptVersion)).toBe(version);
  });

  it.each(['2.0', '10.1', '1.', '1.10', '', '1.2.0', '1.0 1.1'])(
    'is not found in "%s", items are compared whole (C4, C5)',
    (acceptVersion) => {
      expect(negotiateVersion(acceptVersion)).toBeUndefined();
    },
  );

  it('is one that our side was told to speak, in whatever order', () => {
    expect(negotiateVersion('1.0,1.1,1.2', ['1.0', '1.1'])).toBe('1.1');
    expect(negotiateVersion(undefined, ['1.2'])).toBeUndefined();
  });

  it('is chosen from the highest down', () => {
    expect(STOMP_VERSIONS).toEqual(['1.2', '1.1', '1.0']);
  });
});
