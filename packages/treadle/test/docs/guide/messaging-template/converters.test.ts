import { connect } from '@treadle/testing';
import { Account, application } from './converters';

test('an instance is written as its decorators say', async () => {
  await using client = await connect(application);
  const accounts = await client.subscribe('/topic/accounts');

  await application.template.convertAndSend('/topic/accounts', new Account());

  expect(await accounts.next()).toEqual({ name: 'alice' });
  await application.stop();
});
