import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Message } from '../../src/messaging/message.js';
import { MessageEncoder } from '../../src/session/frame-mapping.js';
import { SessionFixture, settled } from './session-fixture.js';

describe('the encoder of messages', () => {
  it('encodes a message once for all its receivers', async () => {
    const fixture = new SessionFixture();
    const session = fixture.sessionOf(await fixture.connect());
    const encoder = new MessageEncoder();
    const published = messageOf('hi');
    const [one, other] = ['1', '2'].map((id) => encoder.encode(published.deliveredTo(session, id), '1.2'));

    expect(other).toBe(one);
  });

  it('does not keep the last message when the turn is over', async () => {
    const encoder = new MessageEncoder();
    const encoded = new WeakRef(encoder.encode(messageOf('hi'), '1.2'));

    await settled();
    collectGarbage();

    expect(encoded.deref()).toBeUndefined();
    expect(encoder.encode(messageOf('again'), '1.2').encoding).toBe('text');
  });
});

function messageOf(text: string) {
  return new Message({ type: 'MESSAGE', payload: Buffer.from(text), destination: '/topic/a', id: 'm-1' });
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)(); // V8's own function, exposed by the flag
}
