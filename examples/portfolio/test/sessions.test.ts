import { connect } from '@treadle/testing';
import { PortfolioFixture } from './kit/portfolio-fixture.js';

let portfolio: PortfolioFixture;

beforeEach(() => {
  portfolio = new PortfolioFixture();
});
afterEach(() => portfolio[Symbol.asyncDispose]());

describe('a session', () => {
  test('belongs to whoever signed in', async () => {
    await using harbour = await portfolio.connect('harbour');

    expect(harbour.userName).toBe('harbour');
  });

  test.each([
    ['nobody', undefined, undefined],
    ['an invented token', 'harbour', 'invented'],
    ['no token', 'harbour', undefined],
  ])('is refused to %s', async (_who, login, passcode) => {
    const options = { ...(login && { login }), ...(passcode && { passcode }) };

    await expect(connect(portfolio.server.application, options)).rejects.toMatchObject({
      code: 'AUTHENTICATION_FAILED',
    });
  });

  test("is refused to the token of somebody else's", async () => {
    const passcode = portfolio.signIn('harbour');

    const attempt = connect(portfolio.server.application, { login: 'meadow', passcode });

    await expect(attempt).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
  });

  test('is refused when the token was signed out', async () => {
    const passcode = portfolio.signIn('harbour');
    portfolio.server.signIns.signOut(passcode);

    const attempt = connect(portfolio.server.application, { login: 'harbour', passcode });

    await expect(attempt).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
  });
});

describe('nobody but the server', () => {
  test.each(['/topic/price.stock.LOOM', '/user/meadow/queue/position-updates', '/queue/errors', '/app/positions'])(
    'sends to %s',
    async (destination) => {
      await using harbour = await portfolio.connect('harbour');

      await expect(harbour.send(destination, { ticker: 'LOOM', price: 1 })).rejects.toMatchObject({
        code: 'ACCESS_DENIED',
      });
    },
  );

  test.each(['/topic/**', '/queue/*', '/user/queue/*', '/topic/price.stock.LOOM/*'])(
    'subscribes to %s',
    async (destination) => {
      await using harbour = await portfolio.connect('harbour');

      await expect(harbour.subscribe(destination)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    },
  );
});

describe('traders online', () => {
  test('are counted, several windows of one as one', async () => {
    await using harbour = await portfolio.connect('harbour');
    await using harbourElsewhere = await portfolio.connect('harbour');
    await using meadow = await portfolio.connect('meadow');

    const answer = await (await meadow.subscribe('/app/traders-online')).next();

    expect(answer).toEqual({ count: 2 });
    expect([harbour.userName, harbourElsewhere.userName]).toEqual(['harbour', 'harbour']);
  });

  test('come and go', async () => {
    await using harbour = await portfolio.connect('harbour');
    const counts = await harbour.subscribe('/topic/traders-online');

    const meadow = await portfolio.connect('meadow');
    expect(await counts.next()).toEqual({ count: 2 });
    await meadow.disconnect();

    expect(await counts.next()).toEqual({ count: 1 });
    await counts.expectNothing();
  });
});
