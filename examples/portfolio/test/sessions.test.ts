import { connect } from '@treadle/testing';
import { PortfolioFixture } from './kit/portfolio-fixture.js';

let portfolio: PortfolioFixture;

beforeEach(() => {
  portfolio = new PortfolioFixture();
});
afterEach(() => portfolio[Symbol.asyncDispose]());

describe('a session', () => {
  test('belongs to whoever signed in', async () => {
    await using ines = await portfolio.connect('ines');

    expect(ines.userName).toBe('ines');
  });

  test.each([
    ['nobody', undefined, undefined],
    ['an invented token', 'ines', 'invented'],
    ['no token', 'ines', undefined],
  ])('is refused to %s', async (_who, login, passcode) => {
    const options = { ...(login && { login }), ...(passcode && { passcode }) };

    await expect(connect(portfolio.server.application, options)).rejects.toMatchObject({
      code: 'AUTHENTICATION_FAILED',
    });
  });

  test("is refused to the token of somebody else's", async () => {
    const passcode = portfolio.signIn('ines');

    const attempt = connect(portfolio.server.application, { login: 'kofi', passcode });

    await expect(attempt).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
  });

  test('is refused when the token was signed out', async () => {
    const passcode = portfolio.signIn('ines');
    portfolio.server.signIns.signOut(passcode);

    const attempt = connect(portfolio.server.application, { login: 'ines', passcode });

    await expect(attempt).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
  });
});

describe('nobody but the server', () => {
  test.each(['/topic/price.stock.LOOM', '/user/kofi/queue/position-updates', '/queue/errors', '/app/positions'])(
    'sends to %s',
    async (destination) => {
      await using ines = await portfolio.connect('ines');

      await expect(ines.send(destination, { ticker: 'LOOM', price: 1 })).rejects.toMatchObject({
        code: 'ACCESS_DENIED',
      });
    },
  );

  test.each(['/topic/**', '/queue/*', '/user/queue/*', '/topic/price.stock.LOOM/*'])(
    'subscribes to %s',
    async (destination) => {
      await using ines = await portfolio.connect('ines');

      await expect(ines.subscribe(destination)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    },
  );
});

describe('traders online', () => {
  test('are counted, several windows of one as one', async () => {
    await using ines = await portfolio.connect('ines');
    await using inesElsewhere = await portfolio.connect('ines');
    await using kofi = await portfolio.connect('kofi');

    const answer = await (await kofi.subscribe('/app/traders-online')).next();

    expect(answer).toEqual({ count: 2 });
    expect([ines.userName, inesElsewhere.userName]).toEqual(['ines', 'ines']);
  });

  test('come and go', async () => {
    await using ines = await portfolio.connect('ines');
    const counts = await ines.subscribe('/topic/traders-online');

    const kofi = await portfolio.connect('kofi');
    expect(await counts.next()).toEqual({ count: 2 });
    await kofi.disconnect();

    expect(await counts.next()).toEqual({ count: 1 });
    await counts.expectNothing();
  });
});
