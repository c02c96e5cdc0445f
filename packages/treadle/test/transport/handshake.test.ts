import type { IncomingMessage } from 'node:http';
import { chooseSubProtocol, isAllowedOrigin, originPattern, pathOf } from '../../src/transport/handshake.js';

function request(headers: Record<string, string>, url?: string): IncomingMessage {
  return { headers, url } as unknown as IncomingMessage; // all that these functions look at
}

describe('the sub-protocol', () => {
  it.each([
    [['v12.stomp', 'v11.stomp', 'v10.stomp'], 'v12.stomp'],
    [['v10.stomp', 'v11.stomp'], 'v11.stomp'],
    [['v10.stomp', 'v12.stomp', 'v11.stomp'], 'v12.stomp'],
    [['mqtt', 'v10.stomp'], 'v10.stomp'],
    [['mqtt'], undefined],
    [['V12.STOMP'], undefined],
    [[], undefined],
  ])('of %j is %s: the highest version offered, never one that was not (W1)', (offered, chosen) => {
    expect(chooseSubProtocol(new Set(offered))).toBe(chosen);
  });
});

describe('an origin', () => {
  it.each([
    ['no Origin at all', undefined, 'chat.example', [], true],
    ['the same host', 'https://chat.example', 'chat.example', [], true],
    ['the same host and port', 'http://localhost:8080', 'localhost:8080', [], true],
    ['the same host in capitals', 'https://chat.example', 'CHAT.example', [], true],
    ['the same IPv6 address', 'http://[::1]:8080', '[::1]:8080', [], true],
    ['the default port written out', 'https://chat.example', 'chat.example:443', [], true],
    ['another port', 'http://localhost:3000', 'localhost:8080', [], false],
    ['another host', 'https://evil.example', 'chat.example', [], false],
    ['a host that only begins the same', 'https://chat.example.evil.example', 'chat.example', [], false],
    ['a listed one', 'https://app.example', 'chat.example', ['https://app.example'], true],
    ['a listed one in capitals', 'https://app.example', 'chat.example', ['https://APP.example'], true],
    ['a listed host with another scheme', 'http://app.example', 'chat.example', ['https://app.example'], false],
    ['a sandboxed page', 'null', 'chat.example', ['https://app.example'], false],
    ['nonsense', '://', 'chat.example', [], false],
    ['no Host header', 'https://chat.example', undefined, [], false],
    ['any, when all may come', 'https://evil.example', 'chat.example', '*', true],
  ])('%s: origin %s, host %s, allowed %j: %s', (_, origin, host, allowed, isAllowed) => {
    const headers = { ...(origin !== undefined && { origin }), ...(host !== undefined && { host }) };

    const allowedOrigins = allowed as '*'; // the table mixes lists and '*'
    expect(isAllowedOrigin(request(headers), { allowedOrigins, allowedOriginPatterns: [] })).toBe(isAllowed);
  });

  it.each([
    ['https://*.example.org', 'https://app.example.org', true],
    ['https://*.example.org', 'https://a.b.example.org', true],
    ['https://*.example.org', 'https://APP.EXAMPLE.org', true],
    ['https://*.example.org', 'https://example.org', false],
    ['https://*.example.org', 'https://.example.org', false],
    ['https://*.example.org', 'http://app.example.org', false],
    ['https://*.example.org', 'https://app.example.org:8443', false],
    ['https://*.example.org', 'https://evil.example/.example.org', false],
    ['https://*.example.org', 'https://evil.example:80@x.example.org', false],
    ['https://*.example.org', 'https://appXexampleXorg', false],
    ['http://localhost:*', 'http://localhost:5173', true],
    ['http://localhost:*', 'http://localhost', false],
    ['http://localhost:*', 'http://localhost.evil.example:80', false],
  ])('Spring A11: the pattern %s lets %s connect: %s', (pattern, origin, isAllowed) => {
    const allowed = { allowedOrigins: [], allowedOriginPatterns: [originPattern(pattern)] };

    expect(isAllowedOrigin(request({ origin, host: 'chat.example' }), allowed)).toBe(isAllowed);
  });
});

describe('the path of a request', () => {
  it.each([
    ['/ws', '/ws'],
    ['/ws?token=1?2', '/ws'],
    ['/', '/'],
    [undefined, '/'],
  ])('of %s is %s', (url, path) => {
    expect(pathOf(request({}, url))).toBe(path);
  });
});
