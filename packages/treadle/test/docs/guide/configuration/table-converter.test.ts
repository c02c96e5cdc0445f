import { connect } from '@treadle/testing';
import { application } from './table-converter';

afterAll(() => application.stop());

test('a payload of its content type is read and written by the converter of the application', async () => {
  await using client = await connect(application);
  const inbox = await client.subscribe('/topic/tables');

  await client.send('/app/tables', 'green,7\nblack,5', { 'content-type': 'text/csv' });

  const message = await inbox.nextMessage();
  expect(message.headers['content-type']).toBe('text/csv');
  expect(message.body).toBe('black,5\ngreen,7');
});

test('what it cannot read is refused as unreadable', async () => {
  await using client = await connect(application);

  const refused = client.send('/app/tables', '"quoted"', { 'content-type': 'text/csv' });

  await expect(refused).rejects.toMatchObject({ code: 'PAYLOAD_UNREADABLE' });
});
