import { RunningCall } from '../../src/annotation/handler-call';
import { HandlerInfo } from '../../src/annotation/handler-info';
import { CallAbortedError } from '../../src/foundation/errors';
import { messageOf } from './fixture';

function runningCall(): RunningCall {
  class Controller {
    handle(): void {}
  }
  return new RunningCall({
    handlerName: 'Controller.handle',
    instanceFor: () => new Controller(),
    message: messageOf('MESSAGE', '/app/a', '', {}),
    match: { handler: new HandlerInfo(Controller, 'handle'), lookupDestination: '/a', variables: {} },
    recovery: { recover: () => undefined },
  });
}

const ended = new CallAbortedError('SESSION_ENDED', 'it has ended');
const abortError = Object.assign(new Error('The operation was aborted'), { name: 'AbortError' });

describe('a failure of a call that was aborted', () => {
  it.each([
    ['the reason itself', ended],
    ['an AbortError of Node', abortError],
  ])('is the answer to that when the session has ended: %s', (_what, thrown) => {
    const call = runningCall();

    call.abort(ended);

    expect(call.isAbortedBy(thrown)).toBe(true);
  });

  it('is a failure like others when it is something else', () => {
    const call = runningCall();

    call.abort(ended);

    expect(call.isAbortedBy(new Error('broken'))).toBe(false);
  });

  it('is a failure like others when it was aborted for another reason', () => {
    const call = runningCall();
    const reason = new Error('over budget');

    call.abort(reason);

    expect([call.isAbortedBy(reason), call.isAbortedBy(abortError)]).toEqual([false, false]);
  });
});
