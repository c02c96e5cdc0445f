import { connect } from '@treadle/testing';
import { application } from './greeting';

afterAll(() => application.stop());

test('whoever says hello is greeted', async () => {
  const client = await connect(application);
  const inbox = await client.subscribe('/topic/greetings');

  await client.send('/app/hello', { name: 'world' });

  expect(await inbox.next()).toEqual({ content: 'Hello, world!' });
});
