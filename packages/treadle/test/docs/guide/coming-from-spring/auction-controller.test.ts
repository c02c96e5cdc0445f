import { connect } from '@treadle/testing';
import { application } from './auction-controller';

afterAll(() => application.stop());

test('the ported controller answers, publishes, tells users and refuses', async () => {
  await using alice = await connect(application, { login: 'alice' });
  await using bob = await connect(application, { login: 'bob' });
  const bids = await bob.subscribe('/topic/auctions/tea');
  const outbid = await alice.subscribe('/user/queue/outbid');
  const refusals = await alice.subscribe('/user/queue/refusals');

  await alice.send('/app/auctions/tea/bids', { lot: 'oolong', amount: 5 });
  await bob.send('/app/auctions/tea/bids', { lot: 'oolong', amount: 6 }, { source: 'phone' });
  await alice.send('/app/auctions/tea/bids', { lot: 'oolong', amount: 6 });
  const lots = await alice.subscribe('/app/auctions/tea/lots');

  expect(await bids.next()).toEqual({ lot: 'oolong', amount: 5, bidder: 'alice', source: 'web' });
  expect(await bids.next()).toEqual({ lot: 'oolong', amount: 6, bidder: 'bob', source: 'phone' });
  expect(await outbid.next()).toEqual({ lot: 'oolong', amount: 6, bidder: 'bob' });
  expect(await refusals.next()).toEqual({ reason: '6 is bid already' });
  expect(await lots.next()).toEqual([{ lot: 'oolong', amount: 6, bidder: 'bob' }]);
  await bids.expectNothing();
});

test('a payload that breaks its rules is refused without @Valid', async () => {
  await using carol = await connect(application, { login: 'carol' });

  const refused = carol.send('/app/auctions/tea/bids', { lot: 'oolong', amount: 0 });

  await expect(refused).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' });
});
