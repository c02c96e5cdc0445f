import { isIPv4 } from 'node:net';

/** Whether only this machine is reached there: RFC 1122 § 3.2.1.3 (g), RFC 4291 § 2.5.3; and `localhost`, RFC 6761 § 6.3. */
export function isLoopback(host: string): boolean {
  const ipv4 = host.replace(/^::ffff:/i, '');
  return host === '::1' || host.toLowerCase() === 'localhost' || (isIPv4(ipv4) && ipv4.startsWith('127.'));
}
