import { MessageRejectedError } from '../../../foundation/errors.js';

/** The broker does not offer it. */
export function unsupported(destination: string, reason: string): MessageRejectedError {
  return new MessageRejectedError(`${destination}: ${reason}`, { code: 'UNSUPPORTED_BY_BROKER', endsSession: false });
}

/** The broker has no name for it. */
export function malformedName(destination: string, reason: string): MessageRejectedError {
  return new MessageRejectedError(`${destination}: ${reason}`, { code: 'DESTINATION_MALFORMED', endsSession: false });
}

export function queueWithSelector(destination: string): MessageRejectedError {
  return unsupported(destination, 'the broker has no selectors for queues');
}

export function queueWithWildcards(destination: string): MessageRejectedError {
  return unsupported(destination, 'a subscription to queues names one of them');
}

export function userDestinationWithWildcards(destination: string): MessageRejectedError {
  return unsupported(destination, 'an acknowledged subscription to user destinations names one of them');
}
