import type { TlsOptions } from 'node:tls';
import { ConfigurationError } from '../foundation/errors.js';
import type { FindingDetails, Report } from '../foundation/finding.js';
import { anyObject, checkKind, type Kind, objectOf } from '../foundation/option-kind.js';

/** What `listenTcp` can be told beside its address. */
export interface TcpOptions {
  /** As `tls.createServer`; a certificate it demands of clients is `session.handshake.clientCertificate`. Default: no TLS. */
  readonly tls?: TlsOptions | undefined;
}

/** Where an application is to listen. */
interface Address {
  readonly port: number;
  readonly host: string | undefined;
}

/**
 * Looks at what `listen` was given: Node takes a port that is a text for the name of a pipe, and one that is missing for any.
 * @throws ConfigurationError naming the argument
 */
export function checkListen(address: Address): void {
  throwFound('listen', (report) => checkAddress(address, report));
}

/**
 * As `checkListen`, for `listenTcp`: an option that is overlooked would let passcodes travel without TLS.
 * @throws ConfigurationError naming the argument
 */
export function checkListenTcp(address: Address, options: TcpOptions): void {
  throwFound('listenTcp', (report) => {
    checkAddress(address, report);
    checkKind(TCP_OPTIONS, options, 'options', report);
  });
}

function throwFound(method: string, check: (report: Report) => void): void {
  const found: FindingDetails[] = [];
  check((finding) => found.push({ ...finding, location: `${method}, ${finding.location}` }));
  if (found.length > 0) throw new ConfigurationError(found);
}

const PORT: Kind = {
  name: 'a whole number from 0, for any free one, to 65535',
  fits: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535,
};

const HOST: Kind = {
  name: "a name or address of this machine, such as '127.0.0.1'",
  fits: (value) => typeof value === 'string' && value !== '', // '' would be all of them
};

function checkAddress({ port, host }: Address, report: Report): void {
  if (port === undefined) report({ location: 'port', problem: 'it is undefined', cure: `give ${PORT.name}` });
  checkKind(PORT, port, 'port', report);
  checkKind(HOST, host, 'host', report);
}

const TLS: Kind = {
  ...anyObject,
  name: 'what tls.createServer takes: { cert, key }',
  checkParts: (value, location, report) => {
    if (hasCertificate(value as TlsOptions)) return value; // it is an object
    const problem = 'it names no certificate, so that every handshake would fail';
    report({ location, problem, cure: 'give key and cert, pfx, or SNICallback' });
    return undefined;
  },
};

const TCP_OPTIONS = objectOf(
  { tls: TLS } satisfies Record<keyof TcpOptions, Kind>,
  'an object: { tls: { cert, key } }',
);

/** Node takes options without one, and fails each handshake. */
function hasCertificate({ cert, key, pfx, SNICallback }: TlsOptions): boolean {
  return Boolean((cert && key) || pfx || SNICallback);
}
