import { of, throwError } from 'rxjs';
import {
  Controller,
  MessageExceptionHandler,
  MessageMapping,
  SendTo,
  SendToUser,
  SubscribeMapping,
} from '../../../src/index';
import type { ControllerClass } from '../../../src/annotation/metadata';
import { failureOf, Fixture, type Given, sessionOf } from '../fixture';

async function sent(
  controller: ControllerClass,
  destination: string,
  given: Given = {},
): Promise<[string | undefined, string][]> {
  const fixture = new Fixture([controller]);
  await fixture.send(destination, '', given);
  return fixture.broker.sent;
}

async function destinationsOf(controller: ControllerClass, destination: string, given: Given = {}) {
  return (await sent(controller, destination, given)).map(([to]) => to);
}

describe('Spring H3, H4, H12: @SendTo', () => {
  @Controller()
  class Sends {
    @MessageMapping('/none') none() {
      return 'x';
    }
    @MessageMapping('/empty') @SendTo() empty() {
      return 'x';
    }
    @MessageMapping('/one') @SendTo('/topic/one') one() {
      return { a: 1 };
    }
    @MessageMapping('/two') @SendTo('/topic/one', '/topic/two') two() {
      return 'x';
    }
    @MessageMapping('/dots.{id}') dots() {
      return 'x';
    }
  }

  test('each destination gets one message', async () => {
    expect(await sent(Sends, '/app/one')).toEqual([['/topic/one', '{"a":1}']]);
    expect(await destinationsOf(Sends, '/app/two')).toEqual(['/topic/one', '/topic/two']);
  });

  test.each(['/none', '/empty', '/dots.7'])(
    'without annotation or value the result goes to /topic and the lookup destination: %s',
    async (destination) => {
      expect(await destinationsOf(Sends, `/app${destination}`)).toEqual([`/topic${destination}`]);
    },
  );
});

describe('Spring H5, H6, H7: @SendToUser', () => {
  @Controller()
  class Users {
    @MessageMapping('/empty') @SendToUser() empty() {
      return 'x';
    }
    @MessageMapping('/all') @SendToUser('/queue/a', 'queue/b') all() {
      return 'x';
    }
    @MessageMapping('/single') @SendToUser({ destinations: ['/queue/a'], broadcast: false }) single() {
      return 'x';
    }
    @MessageMapping('/single-default') @SendToUser({ broadcast: false }) singleDefault() {
      return 'x';
    }
  }

  test('goes to the user, without value to /queue and the lookup destination', async () => {
    expect(await destinationsOf(Users, '/app/empty')).toEqual(['/user/alice/queue/empty']);
    expect(await destinationsOf(Users, '/app/all')).toEqual(['/user/alice/queue/a', '/user/alice/queue/b']);
    expect(await destinationsOf(Users, '/app/single-default')).toEqual(['/user/alice/queue/single-default']);
  });

  test('all sessions of the user: the message carries no session', async () => {
    const fixture = new Fixture([Users]);

    await fixture.send('/app/all');

    expect(fixture.broker.messages.map(({ session }) => session)).toEqual([undefined, undefined]);
  });

  test('only the session that asked: the message carries it', async () => {
    const fixture = new Fixture([Users]);
    const session = sessionOf('s7', 'alice');

    await fixture.send('/app/single', '', { session });

    expect(fixture.broker.messages[0]).toMatchObject({ destination: '/user/alice/queue/a', session });
  });

  test('an anonymous session is answered alone, addressed by its id', async () => {
    const fixture = new Fixture([Users]);
    const session = sessionOf('s7');

    await fixture.send('/app/all', '', { session });

    expect(fixture.broker.messages[0]).toMatchObject({ destination: '/user/s7/queue/a', session });
  });

  test('without any session there is nobody to answer', async () => {
    const fixture = new Fixture([Users]);

    const { code } = await failureOf(() => fixture.send('/app/all', '', { session: undefined }));

    expect(code).toBe('ARGUMENT_MISSING');
    expect(fixture.broker.sent).toEqual([]);
  });
});

describe('Spring H9: both annotations', () => {
  @Controller()
  class Both {
    @MessageMapping('/both')
    @SendTo('/topic/a', '/topic/b')
    @SendToUser('/queue/a', '/queue/b')
    both() {
      return 'x';
    }
  }

  test('users come first', async () => {
    expect(await destinationsOf(Both, '/app/both')).toEqual([
      '/user/alice/queue/a',
      '/user/alice/queue/b',
      '/topic/a',
      '/topic/b',
    ]);
  });

  test('the next message is sent when the one before was accepted', async () => {
    const fixture = new Fixture([Both]);
    fixture.brokerChannel.subscribe({ handleMessage: () => Promise.resolve() });

    const handled = fixture.send('/app/both');
    const sentAtOnce = fixture.broker.sent.length;
    await handled;

    expect([sentAtOnce, fixture.broker.sent.length]).toEqual([1, 4]);
  });

  test('a refusal keeps the result from the destinations behind it', async () => {
    const fixture = new Fixture([Both]);
    fixture.brokerChannel.subscribe({
      handleMessage({ destination }) {
        if (destination === '/topic/a') throw new Error('full');
      },
    });

    await failureOf(() => fixture.send('/app/both'));

    expect(fixture.broker.sent.map(([to]) => to)).not.toContain('/topic/b');
  });
});

describe('Spring H10: annotations of the class', () => {
  @Controller()
  @SendTo('/topic/class')
  class ToTopic {
    @MessageMapping('/none') none() {
      return 'x';
    }
    @MessageMapping('/empty') @SendTo() empty() {
      return 'x';
    }
    @MessageMapping('/own') @SendTo('/topic/own') own() {
      return 'x';
    }
    @MessageMapping('/user') @SendToUser('/queue/own') user() {
      return 'x';
    }
  }

  @Controller()
  @SendToUser('/queue/class')
  class ToUser {
    @MessageMapping('/none') none() {
      return 'x';
    }
    @MessageMapping('/empty') @SendTo() empty() {
      return 'x';
    }
    @MessageMapping('/own') @SendTo('/topic/own') own() {
      return 'x';
    }
  }

  @Controller()
  @SendToUser()
  class EmptyOnClass {
    @MessageMapping('/none') none() {
      return 'x';
    }
    @MessageMapping('/empty') @SendTo() empty() {
      return 'x';
    }
  }

  test.each([
    [ToTopic, '/app/none', '/topic/class'],
    [ToTopic, '/app/empty', '/topic/class'],
    [ToTopic, '/app/own', '/topic/own'],
    [ToTopic, '/app/user', '/user/alice/queue/own'],
    [ToUser, '/app/none', '/user/alice/queue/class'],
    [ToUser, '/app/empty', '/user/alice/queue/class'],
    [ToUser, '/app/own', '/topic/own'],
    [EmptyOnClass, '/app/none', '/user/alice/queue/none'],
    [EmptyOnClass, '/app/empty', '/topic/empty'],
  ])('%p: %s goes to %s', async (controller, destination, target) => {
    expect(await destinationsOf(controller, destination)).toEqual([target]);
  });
});

describe('Spring H10: @SendToUser of the class, for a session without a user', () => {
  @Controller()
  @SendToUser('/queue/class')
  class ToUser {
    @MessageMapping('/none') none() {
      return 'x';
    }
    @MessageMapping('/empty') @SendToUser() empty() {
      return 'x';
    }
    @MessageMapping('/own') @SendToUser('/queue/own') own() {
      return 'x';
    }
  }

  test.each([
    ['/app/none', '/user/s7/queue/class'],
    ['/app/empty', '/user/s7/queue/class'],
    ['/app/own', '/user/s7/queue/own'],
  ])("%s goes to %s: the session's id stands for the name", async (destination, target) => {
    const fixture = new Fixture([ToUser]);
    const session = sessionOf('s7');

    await fixture.send(destination, '', { session });

    expect(fixture.broker.messages).toMatchObject([{ destination: target, session }]);
  });
});

describe('Spring H8: a principal with a name of its own for destinations', () => {
  @Controller()
  class Users {
    @MessageMapping('/a') @SendToUser('/queue/a') handle() {
      return 'x';
    }
  }

  test('is sent to by that name', async () => {
    const fixture = new Fixture([Users]);
    const session = sessionOf('s7', 'alice');
    session.user = { name: 'alice', destinationUserName: 'account-1' };

    await fixture.send('/app/a', '', { session });

    expect(fixture.broker.messages[0]?.destination).toBe('/user/account-1/queue/a');
  });
});

describe('Spring H4, H5: default destinations with the dot as separator', () => {
  @Controller()
  @MessageMapping('orders')
  class Dotted {
    @MessageMapping('placed') placed() {
      return 'x';
    }
    @MessageMapping('mine') @SendToUser() mine() {
      return 'x';
    }
    @MessageMapping('single') @SendToUser({ broadcast: false }) single() {
      return 'x';
    }
  }

  test.each([
    ['/app/orders.placed', '/topic/orders.placed'],
    ['/app/orders.mine', '/user/alice/queue/orders.mine'],
    ['/app/orders.single', '/user/alice/queue/orders.single'],
  ])('%s goes to %s', async (destination, target) => {
    const fixture = new Fixture([Dotted], { separator: '.' });

    await fixture.send(destination);

    expect(fixture.broker.messages[0]?.destination).toBe(target);
  });
});

describe('Spring H11: placeholders', () => {
  @Controller()
  @MessageMapping('/{room}')
  class Placeholders {
    @MessageMapping('/a.{id}') @SendTo('/topic/{room}/{id}', '/topic/{id}.x') @SendToUser('/queue/{room}') handle() {
      return 'x';
    }
  }

  test('are filled from the mapping', async () => {
    expect(await destinationsOf(Placeholders, '/app/tea/a.7')).toEqual([
      '/user/alice/queue/tea',
      '/topic/tea/7',
      '/topic/7.x',
    ]);
  });
});

describe('Spring H1, H13: what is sent', () => {
  @Controller()
  class Results {
    @MessageMapping('/undefined') nothing() {}
    @MessageMapping('/null') nullish() {
      return null;
    }
    @MessageMapping('/late-null') lateNull() {
      return Promise.resolve(null);
    }
    @MessageMapping('/late') late() {
      return Promise.resolve({ late: true });
    }
    @MessageMapping('/thenable') thenable() {
      // oxlint-disable-next-line no-thenable -- what the test is about
      return { then: (resolve: (value: string) => void) => resolve('thenable') };
    }
    @MessageMapping('/zero') zero() {
      return 0;
    }
    @MessageMapping('/false') no() {
      return false;
    }
    @MessageMapping('/blank') blank() {
      return '';
    }
    @MessageMapping('/octets') octets() {
      return new Uint8Array([0x68, 0x69]);
    }
  }

  test.each(['/undefined', '/null', '/late-null'])('nothing is sent for %s', async (destination) => {
    expect(await sent(Results, `/app${destination}`)).toEqual([]);
  });

  test.each([
    ['/late', '{"late":true}'],
    ['/thenable', 'thenable'],
    ['/zero', '0'],
    ['/false', 'false'],
    ['/blank', ''],
    ['/octets', 'hi'],
  ])('the value of %s is sent', async (destination, text) => {
    expect(await sent(Results, `/app${destination}`)).toEqual([[`/topic${destination}`, text]]);
  });

  test('a synchronous handler makes no promise', () => {
    const fixture = new Fixture([Results]);

    expect(fixture.send('/app/zero')).toBeUndefined();
  });
});

describe('Spring H14: headers of the answer', () => {
  @Controller()
  class Plain {
    @MessageMapping('/plain') plain() {
      return 'x';
    }
  }

  test('begin fresh, and nothing says who asked', async () => {
    const fixture = new Fixture([Plain]);

    await fixture.send('/app/plain', '', { headers: { authorization: 'secret', 'content-type': 'text/html' } });

    expect(fixture.broker.messages[0]).toMatchObject({
      session: undefined,
      subscriptionId: undefined,
      user: undefined,
    });
    expect(fixture.broker.messages[0]?.headers.list).toEqual(['content-type', 'text/plain;charset=UTF-8']);
  });
});

describe('Spring H1, H2: promises and Observables of one value', () => {
  @Controller()
  class Late {
    @MessageMapping('/promise') @SendTo('/topic/a') promise() {
      return Promise.resolve('x');
    }
    @MessageMapping('/observable') @SendTo('/topic/a') observable() {
      return of('x');
    }
    @MessageMapping('/failing-promise') failingPromise() {
      return Promise.reject(new RangeError('no'));
    }
    @MessageMapping('/failing-observable') failingObservable() {
      return throwError(() => new RangeError('no'));
    }
    @MessageExceptionHandler(RangeError) @SendTo('/topic/failed') failed({ message }: RangeError) {
      return message;
    }
  }

  test.each([
    ['/app/promise', '/topic/a', 'x'],
    ['/app/observable', '/topic/a', 'x'],
    ['/app/failing-promise', '/topic/failed', 'no'],
    ['/app/failing-observable', '/topic/failed', 'no'],
  ])('%s: its value is sent, its failure goes to the exception handler', async (destination, target, text) => {
    const fixture = new Fixture([Late]);

    await fixture.send(destination);

    expect(fixture.broker.sent).toEqual([[target, text]]);
  });
});

describe('Spring J1, J2: @SubscribeMapping', () => {
  @Controller()
  class Subscriptions {
    @SubscribeMapping('/now/{id}') now() {
      return { now: 1 };
    }
    @SubscribeMapping('/nothing') nothing() {}
    @SubscribeMapping('/late') late() {
      return Promise.resolve('late');
    }
    @SubscribeMapping('/sent') @SendTo('/topic/sent') sent() {
      return 'x';
    }
    @SubscribeMapping('/user') @SendToUser('/queue/sent') user() {
      return 'x';
    }
  }

  @Controller()
  @SendTo('/topic/class')
  class WithClassAnnotation {
    @SubscribeMapping('/now') now() {
      return 'x';
    }
  }

  test('answers the subscription itself, under the destination it asked for, past the broker', async () => {
    const fixture = new Fixture([Subscriptions]);
    const session = sessionOf('s7');

    await fixture.subscribe('/app/now/7', { session, subscriptionId: 'sub-9' });

    expect(fixture.broker.sent).toEqual([]);
    expect(fixture.clients.sent).toEqual([['/app/now/7', '{"now":1}']]);
    expect(fixture.clients.messages[0]).toMatchObject({ type: 'MESSAGE', session, subscriptionId: 'sub-9' });
    expect(fixture.clients.messages[0]?.headers.list).toEqual(['content-type', 'application/json']);
  });

  test('every answer has an id of its own', async () => {
    const fixture = new Fixture([Subscriptions]);

    await fixture.subscribe('/app/now/1');
    await fixture.subscribe('/app/now/1');

    const [first, second] = fixture.clients.messages.map(({ id }) => id);
    expect(first).toMatch(/^answer-[\da-f-]{36}-1$/);
    expect(second).not.toBe(first);
  });

  test('answers late, or not at all', async () => {
    const fixture = new Fixture([Subscriptions]);

    await fixture.subscribe('/app/late');
    await fixture.subscribe('/app/nothing');

    expect(fixture.clients.sent).toEqual([['/app/late', 'late']]);
  });

  test.each([
    [Subscriptions, '/app/sent', '/topic/sent'],
    [Subscriptions, '/app/user', '/user/alice/queue/sent'],
    [WithClassAnnotation, '/app/now', '/topic/class'],
  ])('%p: with a send annotation %s goes to the broker at %s', async (controller, destination, target) => {
    const fixture = new Fixture([controller]);

    await fixture.subscribe(destination);

    expect(fixture.broker.sent).toEqual([[target, 'x']]);
    expect(fixture.clients.sent).toEqual([]);
  });

  test('Spring J5: without a session there is nobody to answer', async () => {
    const fixture = new Fixture([Subscriptions]);

    const { code } = await failureOf(() => fixture.subscribe('/app/now/1', { session: undefined }));

    expect(code).toBe('ARGUMENT_MISSING');
  });
});
