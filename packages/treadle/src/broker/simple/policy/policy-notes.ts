import type { Report } from '../../../foundation/finding.js';
import type { BrokerContext } from '../../broker.js';
import { resolveQueueLimits } from '../queue/queues.js';
import type { SimpleBrokerOptions } from '../simple-broker-options.js';
import { resolveKeptLimits } from './kept-message-options.js';

/** Notes limits of policies that another limit comes before, so that they never count. */
export function noteIdleLimits(
  options: SimpleBrokerOptions,
  { frameBodyOctets }: BrokerContext['limits'],
  note: Report,
): void {
  const { maxQueueOctets } = resolveQueueLimits(options);
  const { maxKeptOctets } = resolveKeptLimits(options);
  for (const [index, policy] of (options.policies ?? []).entries()) {
    const noteAbove = (name: string, value: number | undefined, limit: number, what: string): void => {
      if (value === undefined || value <= limit) return;
      const problem = `it is ${value}, but ${what} ${limit}`;
      note({ location: `policies[${index}].${name}`, problem, cure: 'lower the one or raise the other' });
    };
    const clientsEnd = 'a client that sends a body of more octets than limits.frameBodyOctets loses its session:';
    noteAbove('maxMessageOctets', policy.maxMessageOctets, frameBodyOctets, clientsEnd);
    if (policy.kind === 'queue') {
      noteAbove('maxOctets', policy.maxOctets, maxQueueOctets, 'all queues together hold maxQueueOctets:');
    } else {
      noteAbove('history.octets', policy.history?.octets, maxKeptOctets, 'all histories together hold maxKeptOctets:');
    }
  }
}
