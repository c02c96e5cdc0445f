import { ConfigurationError } from '../../foundation/errors.js';

/** What the option `url` says; `undefined` for a part that it leaves out. */
export interface BrokerUrl {
  /** `stomps:` */
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number | undefined;
  readonly login: string | undefined;
  readonly passcode: string | undefined;
  readonly virtualHost: string | undefined;
}

/**
 * Takes `stomp://login:passcode@host:port/virtual-host` apart. All parts but the host may be left out; what is special in an address is
 * percent-encoded in them (RFC 3986 § 2.1), so RabbitMQ's virtual host `/` is `%2F`.
 * @throws ConfigurationError about `url`, which never repeats any of it: there is a passcode in it
 */
export function readBrokerUrl(text: string): BrokerUrl {
  const url = parse(text);
  const isSecure = url.protocol === 'stomps:';
  if (!isSecure && url.protocol !== 'stomp:') {
    throw problem('it begins with something else than stomp or stomps', `${FORM}, or stomps://… for TLS`);
  }
  if (url.hostname === '') throw problem('it names no host', FORM);
  const path = url.pathname.replace(/^\//, '');
  // Numbers before such a character would be taken for a port, and the login for a host.
  if (/[/@]/.test(path) || url.search !== '' || url.hash !== '') {
    const what = "it has more than a virtual host behind the host: a '/', '@', '?' or '#' too many";
    throw problem(what, `${FORM}, and write such characters as %2F, %40, %3F and %23`);
  }
  return {
    isSecure,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'), // of an IPv6 address
    port: url.port === '' ? undefined : Number(url.port),
    login: decoded(url.username),
    passcode: decoded(url.password),
    virtualHost: decoded(path),
  };
}

const FORM = 'write stomp://login:passcode@host:port/virtual-host';

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw problem('it is no address', `${FORM}; what is special in login and passcode is percent-encoded`);
  }
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw problem("a '%' in it begins no octet in hexadecimal digits", 'write %25 for it');
  }
}

function problem(what: string, cure: string): ConfigurationError {
  return new ConfigurationError({ location: 'url', problem: what, cure });
}
