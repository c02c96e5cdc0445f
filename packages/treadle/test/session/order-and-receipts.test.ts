import { type Deferred, deferred, SessionFixture, settled, until } from './session-fixture.js';

const send = (body: string, headers = ''): string => `SEND\ndestination:/app/a\n${headers}\n${body}\0`;

describe('frames of one session', () => {
  it('are handled one after the other, however long each takes', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    const inProgress = new Map<string, Deferred>();
    const finished: string[] = [];
    fixture.onMessage = async ({ payload }) => {
      const work = deferred();
      const name = Buffer.from(payload).toString();
      inProgress.set(name, work);
      await work.promise;
      finished.push(name);
    };

    client.type(send('one') + send('two') + send('three'));
    await settled();
    const begunFirst = [...inProgress.keys()];
    inProgress.get('one')?.resolve();
    await settled();
    const begunThen = [...inProgress.keys()];
    inProgress.get('two')?.resolve();
    await settled();
    inProgress.get('three')?.resolve();
    await settled();

    expect(begunFirst).toEqual(['one']);
    expect(begunThen).toEqual(['one', 'two']);
    expect(finished).toEqual(['one', 'two', 'three']);
  });

  it('keep their order when synchronous and asynchronous handling alternate', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    const finished: string[] = [];
    fixture.onMessage = ({ payload }) => {
      const name = Buffer.from(payload).toString();
      const finish = (): void => void finished.push(name);
      return Number(name) % 3 === 0 ? settled().then(finish) : finish();
    };
    const names = Array.from({ length: 30 }, (_, index) => String(index));

    for (const name of names) client.type(send(name));
    client.type(send('last', 'receipt:end\n'));
    await until(() => client.commands.includes('RECEIPT end'));

    expect(finished).toEqual([...names, 'last']);
  });

  it('do not wait for those of another session', async () => {
    const fixture = new SessionFixture();
    const [slow, quick] = [await fixture.connect(), await fixture.connect()];
    const never = deferred();
    fixture.onMessage = ({ payload }) => (Buffer.from(payload).toString() === 'slow' ? never.promise : undefined);

    slow.type(send('slow', 'receipt:s\n'));
    quick.type(send('quick', 'receipt:q\n'));
    await settled();

    expect(slow.commands).toEqual(['CONNECTED']);
    expect(quick.commands).toEqual(['CONNECTED', 'RECEIPT q']);
  });
});

describe('RECEIPT', () => {
  it.each([
    ['SEND', 'SEND\ndestination:/app/a\nreceipt:r\n\nhi\0', 'MESSAGE hi'],
    ['SUBSCRIBE', 'SUBSCRIBE\nid:2\ndestination:/topic/b\nreceipt:r\n\n\0', 'SUBSCRIBE /topic/b'],
    ['UNSUBSCRIBE', 'UNSUBSCRIBE\nid:1\nreceipt:r\n\n\0', 'UNSUBSCRIBE /topic/a'],
    ['ACK', 'ACK\nid:5\nreceipt:r\n\n\0', 'ACK'],
    ['NACK', 'NACK\nid:5\nreceipt:r\n\n\0', 'NACK'],
    ['DISCONNECT', 'DISCONNECT\nreceipt:r\n\n\0', 'DISCONNECT'],
  ])('of %s comes once, and only when the frame has taken effect (R1)', async (_, frame, handled) => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');
    const effect = deferred();
    fixture.onMessage = () => effect.promise;

    client.type(frame);
    await settled();
    const before = client.commands;
    effect.resolve();
    await settled();

    expect(fixture.handled.at(-1)).toBe(handled);
    expect(before).toEqual(['CONNECTED']);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT r']);
    expect(client.frames.at(-1)?.body).toBe('');
  });

  it('does not come unasked', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type(send('hi'));
    await settled();

    expect(client.commands).toEqual(['CONNECTED']);
  });

  it('returns what was asked with, escaped as the version says (R2)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type(send('hi', 'receipt:a\\cb\\nc\\\\d\\re ü\n'));
    await settled();

    expect(client.frame('RECEIPT')?.headers['receipt-id']).toBe('a:b\nc\\d\re ü');
  });

  it('comes in the order of the frames (R3)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = ({ payload }) => (Buffer.from(payload).toString() === 'slow' ? settled() : undefined);

    client.type(
      send('slow', 'receipt:1\n') +
        send('quick', 'receipt:2\n') +
        send('slow', 'receipt:3\n') +
        send('', 'receipt:4\n'),
    );
    await until(() => client.commands.includes('RECEIPT 4'));

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1', 'RECEIPT 2', 'RECEIPT 3', 'RECEIPT 4']);
  });

  it('with an empty id is answered like any other', async () => {
    const client = await new SessionFixture().connect();

    client.type(send('hi', 'receipt:\n'));
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT ']);
  });

  it('does not come for a frame that failed, nor for those behind it (R5)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = () => Promise.reject(new Error('no'));

    client.type(send('bad', 'receipt:1\n') + send('never', 'receipt:2\n'));
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'ERROR']);
  });
});

describe('RECEIPT, in every version,', () => {
  it.each([
    ['1.0', ['ACK\nmessage-id:7']],
    ['1.1', ['ACK\nmessage-id:7\nsubscription:1', 'NACK\nmessage-id:7\nsubscription:1']],
    ['1.2', ['ACK\nid:7', 'NACK\nid:7']],
  ])('answers every frame of STOMP %s but CONNECT, exactly once, in their order (R1, R3)', async (version, acks) => {
    const fixture = new SessionFixture();
    const frames = [
      'SUBSCRIBE\nid:1\ndestination:/topic/a',
      'SEND\ndestination:/app/a',
      ...acks,
      'BEGIN\ntransaction:tx',
      'SEND\ndestination:/app/a\ntransaction:tx',
      'COMMIT\ntransaction:tx',
      'BEGIN\ntransaction:tx',
      'ABORT\ntransaction:tx',
      'UNSUBSCRIBE\nid:1',
      'DISCONNECT',
    ];
    const client = await fixture.connect(`accept-version:${version}\nreceipt:connect`);

    client.type(frames.map((frame, index) => `${frame}\nreceipt:${index}\n\n\0`).join(''));
    await settled();

    expect(client.commands).toEqual(['CONNECTED', ...frames.map((_, index) => `RECEIPT ${index}`)]);
    expect(client.frames.slice(1).every(({ body }) => body === '')).toBe(true);
    expect(client.end?.code).toBe(1000);
  });

  it.each([
    ['1.2', 'a\\nb\\rc\\cd\\\\', 'a\nb\rc:d\\'],
    ['1.1', 'a\\nc\\cd\\\\', 'a\nc:d\\'],
    ['1.0', 'c:d\\n\\\\', 'c:d\\n\\\\'],
  ])('and ERROR return in STOMP %s the same value as was asked with (R2, E2)', async (version, typed, meant) => {
    const fixture = new SessionFixture();
    const client = await fixture.connect(`accept-version:${version}`);

    client.type(`BEGIN\ntransaction:tx\nreceipt:${typed}\n\n\0BEGIN\ntransaction:tx\nreceipt:${typed}\n\n\0`);
    await settled();

    expect(client.frame('RECEIPT')?.headers['receipt-id']).toBe(meant);
    expect(client.frame('ERROR')?.headers['receipt-id']).toBe(meant);
  });
});
