import {
  type Command,
  EMPTY_BODY,
  type HeaderList,
  STOMP_VERSIONS,
  type StompVersion,
  validateFrame,
} from '@treadle/stomp';
import { codeThrownBy } from './decoding';

function codeOf(command: Command, headers: HeaderList, version: StompVersion): string | undefined {
  return codeThrownBy(() => validateFrame({ command, headers, body: EMPTY_BODY }, version));
}

const REQUIRED: [Command, readonly StompVersion[], HeaderList][] = [
  ['SEND', STOMP_VERSIONS, ['destination']],
  ['SUBSCRIBE', ['1.0'], ['destination']],
  ['SUBSCRIBE', ['1.1', '1.2'], ['destination', 'id']],
  ['UNSUBSCRIBE', ['1.1', '1.2'], ['id']],
  ['ACK', ['1.0'], ['message-id']],
  ['ACK', ['1.1'], ['message-id', 'subscription']],
  ['NACK', ['1.1'], ['message-id', 'subscription']],
  ['ACK', ['1.2'], ['id']],
  ['NACK', ['1.2'], ['id']],
  ['BEGIN', STOMP_VERSIONS, ['transaction']],
  ['COMMIT', STOMP_VERSIONS, ['transaction']],
  ['ABORT', STOMP_VERSIONS, ['transaction']],
  ['CONNECTED', ['1.1', '1.2'], ['version']],
  ['MESSAGE', ['1.0'], ['destination', 'message-id']],
  ['MESSAGE', ['1.1', '1.2'], ['destination', 'message-id', 'subscription']],
  ['RECEIPT', STOMP_VERSIONS, ['receipt-id']],
];
const CASES = REQUIRED.flatMap(([command, versions, names]) =>
  versions.map((version) => [command, version, names] as const),
);

describe('required headers (S1, B1, B2, K3, K3b, K7, T10, M1, R1, C6)', () => {
  it.each(CASES)('%s in %s is complete with %j', (command, version, names) => {
    expect(
      codeOf(
        command,
        names.flatMap((name) => [name, 'x']),
        version,
      ),
    ).toBeUndefined();
  });

  const missingOne = CASES.flatMap(([command, version, names]) =>
    names.map((missing) => [command, version, missing, names.filter((name) => name !== missing)] as const),
  );

  it.each(missingOne)('%s in %s is refused without %s', (command, version, _missing, names) => {
    expect(
      codeOf(
        command,
        names.flatMap((name) => [name, 'x']),
        version,
      ),
    ).toBe('STOMP_MISSING_HEADER');
  });

  it.each(['CONNECT', 'STOMP', 'DISCONNECT', 'ERROR'] as const)('%s requires none (C3, C8)', (command) => {
    expect(STOMP_VERSIONS.map((version) => codeOf(command, [], version))).toEqual([undefined, undefined, undefined]);
  });

  it('an empty value counts as given', () => {
    expect(codeOf('BEGIN', ['transaction', ''], '1.2')).toBeUndefined();
  });

  it('a value that equals the name of a header does not stand for it', () => {
    expect(codeOf('BEGIN', ['x', 'transaction'], '1.2')).toBe('STOMP_MISSING_HEADER');
  });
});

describe('UNSUBSCRIBE in 1.0 (B1)', () => {
  it.each(['id', 'destination'])('may name the subscription by %s', (name) => {
    expect(codeOf('UNSUBSCRIBE', [name, 'x'], '1.0')).toBeUndefined();
  });

  it('is refused without either', () => {
    expect(codeOf('UNSUBSCRIBE', [], '1.0')).toBe('STOMP_MISSING_HEADER');
  });
});

describe('the ack mode of SUBSCRIBE (B4)', () => {
  const codesOf = (mode: string) =>
    (['1.0', '1.1', '1.2'] as const).map((version) =>
      codeOf('SUBSCRIBE', ['destination', '/a', 'id', '1', 'ack', mode], version),
    );

  it.each(['auto', 'client'])('may be %s in every version', (mode) => {
    expect(codesOf(mode)).toEqual([undefined, undefined, undefined]);
  });

  it('may be client-individual from 1.1 on', () => {
    expect(codesOf('client-individual')).toEqual(['STOMP_UNKNOWN_ACK_MODE', undefined, undefined]);
  });

  it.each(['', 'AUTO', 'individual'])('may not be "%s"', (mode) => {
    expect(new Set(codesOf(mode))).toEqual(new Set(['STOMP_UNKNOWN_ACK_MODE']));
  });
});

describe('NACK in 1.0 (C14)', () => {
  it('is an unknown command', () => {
    expect(codeOf('NACK', ['message-id', '1'], '1.0')).toBe('STOMP_UNKNOWN_COMMAND');
  });
});
