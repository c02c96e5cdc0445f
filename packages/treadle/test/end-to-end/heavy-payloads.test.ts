import { connect } from '@treadle/testing';
import { IsString } from 'class-validator';
import { Controller, createApplication, MessageMapping, Payload, silentLogger } from '../../src/index';

class Line {
  @IsString() article!: string;
}

const JSON_HEADERS = { 'content-type': 'application/json' };

/** Remembers who was served, in order. */
function served() {
  const order: string[] = [];
  @Controller()
  class Uploads {
    @MessageMapping('/upload') upload(@Payload([Line]) lines: Line[]) {
      order.push(`upload of ${lines.length}`);
    }
    @MessageMapping('/ping') ping() {
      order.push('ping');
    }
  }
  return { order, application: createApplication({ controllers: [Uploads], logger: silentLogger }) };
}

function listOf(count: number): string {
  return JSON.stringify(Array.from({ length: count }, () => ({ article: 'tea' })));
}

test('a client with many large lists does not keep another one from being served', async () => {
  const { order, application: made } = served();
  await using application = made;
  await using greedy = await connect(application);
  await using modest = await connect(application);

  for (let count = 0; count < 60; count += 1) greedy.sendWithoutReceipt('/app/upload', listOf(2_000), JSON_HEADERS);
  modest.sendWithoutReceipt('/app/ping', '');
  await greedy.send('/app/upload', listOf(1), JSON_HEADERS);

  expect(order).toHaveLength(62);
  expect(order.indexOf('ping')).toBeLessThan(30);
});

test('a list of more than 5000 values is refused before anything is made of it', async () => {
  const { order, application: made } = served();
  await using application = made;
  await using client = await connect(application);
  const errors = await client.subscribe('/user/queue/errors');

  client.sendWithoutReceipt('/app/upload', listOf(2_501), JSON_HEADERS);
  await client.send('/app/upload', listOf(2_500), JSON_HEADERS);

  expect(order).toEqual(['upload of 2500']);
  expect(await errors.next()).toMatchObject({
    code: 'PAYLOAD_INVALID',
    issues: [{ path: [], message: 'must be made of at most 5000 values' }],
  });
});
