import { BODY_LENGTH, numberedBody, NumberedSend, sequenceOf, stompText } from '../../src/load/client-frames.js';

describe('the frames of the load generator', () => {
  it('have a JSON body of 128 octets, whatever their number', () => {
    for (const sequence of [0, 7, 123_456_789]) {
      const body = numberedBody(sequence);

      expect(Buffer.byteLength(body)).toBe(BODY_LENGTH);
      expect(JSON.parse(body)).toMatchObject({ sequence: String(sequence).padStart(9, '0') });
    }
  });

  it('may have another length', () => {
    const body = numberedBody(3, 70_000);

    expect(Buffer.byteLength(body)).toBe(70_000);
    expect(new NumberedSend('/topic/large', 70_000).encode(3, 1).toString()).toContain(body);
  });

  it('tell their number, also when only their beginning is there', () => {
    expect(sequenceOf(`MESSAGE\n\n${numberedBody(42).slice(0, 40)}`)).toBe(42);
    expect(sequenceOf('RECEIPT\n\n')).toBeNaN();
  });

  it('keep their text when the server parses the JSON and writes it again', () => {
    const body = numberedBody(42);

    expect(JSON.stringify(JSON.parse(body))).toBe(body);
  });

  it('are numbered one after the other in one buffer', () => {
    const headers = { destination: '/topic/fan', 'content-type': 'application/json', 'content-length': '128' };

    const frames = new NumberedSend('/topic/fan').encode(99, 3);

    const texts = [99, 100, 101].map((sequence) => stompText('SEND', headers, numberedBody(sequence)));
    // A header of 8 octets: FIN and text, masked with a length of 16 bits, a key of zeros.
    const [first, second, third] = texts.map((text) =>
      Buffer.concat([Buffer.from([0x81, 0xfe, 0, text.length, 0, 0, 0, 0]), Buffer.from(text)]),
    );
    expect(frames).toEqual(Buffer.concat([first!, second!, third!])); // three texts give three frames
  });
});
