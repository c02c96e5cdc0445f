import { formatHeartBeat, negotiateHeartBeat, parseHeartBeat } from '@treadle/stomp';
import { codeThrownBy } from './decoding';

const DAY = 24 * 60 * 60 * 1000;

describe('the heart-beat header', () => {
  it('is 0,0 when it is missing (C10)', () => {
    expect(parseHeartBeat(undefined)).toEqual({ sends: 0, expects: 0 });
  });

  it('tells what its sender sends and expects, in milliseconds', () => {
    expect(parseHeartBeat('4000,10000')).toEqual({ sends: 4000, expects: 10_000 });
  });

  it.each(['a,10', '10', '1,2,3', '-1,0', '', ',', '1,', '1 ,2', '1.5,2', '+1,2', '0x1,2', '1,99999999999999999999'])(
    'is malformed as "%s" (H6)',
    (header) => {
      expect(codeThrownBy(() => parseHeartBeat(header))).toBe('STOMP_MALFORMED_HEART_BEAT');
    },
  );

  it('is written as two integers with a comma (H2)', () => {
    expect(formatHeartBeat({ sends: 0, expects: 10_000 })).toBe('0,10000');
  });
});

describe('heart-beats between two sides', () => {
  const negotiate = (own: string, peer: string) => negotiateHeartBeat(parseHeartBeat(own), parseHeartBeat(peer));

  it.each([
    ['0,0', '1000,1000'],
    ['1000,1000', '0,0'],
    ['1000,0', '1000,0'],
  ])('are none between %s and %s, where one never sends or never expects (H1, H4)', (own, peer) => {
    expect(negotiate(own, peer)).toEqual({ sendEvery: 0, expectEvery: 0 });
  });

  it('go out every larger of what we can send and the peer wants (H3)', () => {
    expect(negotiate('1000,0', '0,4000').sendEvery).toBe(4000);
    expect(negotiate('4000,0', '0,1000').sendEvery).toBe(4000);
  });

  it('come in every larger of what the peer can send and we want (H4)', () => {
    expect(negotiate('0,1000', '4000,0').expectEvery).toBe(4000);
    expect(negotiate('0,4000', '1000,0').expectEvery).toBe(4000);
  });

  it('go out at least once a day, because no timer takes every number', () => {
    expect(negotiate('1000,0', '0,9007199254740991').sendEvery).toBe(DAY);
  });

  it('are not expected from a peer that promises less than one a day (H5)', () => {
    expect(negotiate('0,1000', `${DAY},0`).expectEvery).toBe(DAY);
    expect(negotiate('0,1000', `${DAY + 1},0`).expectEvery).toBe(0);
  });
});
