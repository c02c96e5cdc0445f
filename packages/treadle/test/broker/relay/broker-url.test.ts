import { readBrokerUrl } from '../../../src/broker/relay/broker-url';
import { ConfigurationError } from '../../../src/foundation/errors';

const NOTHING_ELSE = { port: undefined, login: undefined, passcode: undefined, virtualHost: undefined };

describe('the address of a broker', () => {
  test('tells host, port, login, passcode and virtual host', () => {
    expect(readBrokerUrl('stomp://app:secret@broker.example.org:61620/shop')).toEqual({
      isSecure: false,
      host: 'broker.example.org',
      port: 61_620,
      login: 'app',
      passcode: 'secret',
      virtualHost: 'shop',
    });
  });

  test('needs no more than the host', () => {
    expect(readBrokerUrl('stomp://broker')).toEqual({ isSecure: false, host: 'broker', ...NOTHING_ELSE });
    expect(readBrokerUrl('stomp://broker/')).toEqual({ isSecure: false, host: 'broker', ...NOTHING_ELSE });
  });

  test('asks for TLS by stomps', () => {
    expect(readBrokerUrl('stomps://broker')).toEqual({ isSecure: true, host: 'broker', ...NOTHING_ELSE });
  });

  test('has the host of an IPv6 address without brackets, as Node connects to it', () => {
    expect(readBrokerUrl('stomp://[::1]:61613')).toMatchObject({ host: '::1', port: 61_613 });
  });

  test('has what is special percent-encoded, the virtual host / too', () => {
    const url = readBrokerUrl('stomp://a%40b:p%2F%3A%25@broker/%2F');

    expect(url).toMatchObject({ login: 'a@b', passcode: 'p/:%', virtualHost: '/' });
  });

  test.each([
    ['localhost:61613', 'begins with something else'],
    ['amqp://guest:s3cret@broker', 'begins with something else'],
    ['stomp://', 'names no host'],
    ['stomp:///s3cret', 'names no host'],
    ['s3cret', 'is no address'],
    ['stomp://broker:70000', 'is no address'],
    ['stomp://app:12/s3cret@broker', "more than a virtual host behind the host: a '/', '@', '?' or '#' too many"],
    ['stomp://app:12#s3cret@broker', 'more than a virtual host'],
    ['stomp://app:12?s3cret@broker', 'more than a virtual host'],
    ['stomp://broker/one/two', 'more than a virtual host'],
    ['stomp://app:s3cret%zz@broker', "a '%' in it begins no octet"],
  ])('%s is refused, and nothing of it is repeated', (text, problem) => {
    const read = () => readBrokerUrl(text);

    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(problem);
    expect(read).not.toThrow('s3cret');
  });
});
