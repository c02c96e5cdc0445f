import type { ApplicationParts } from './application-parts.js';
import type { BrokerHealth } from './broker/broker.js';

/** Where an application is in its life. */
export type ApplicationPhase = 'starting' | 'running' | 'stopping';

/** How an application is at one moment: plain data without credentials, fit for the answer of a health endpoint. */
export interface ApplicationHealth {
  /**
   * `starting`: not started yet. `up`: clients are taken, and the broker is there. `down`: it runs, and the broker is away. `stopping`: clients are not taken any
   * more, and that stays so.
   */
  readonly status: 'starting' | 'up' | 'down' | 'stopping';
  /** Of the broker, whatever the application does. `kind` is its class, as in `describe()`. */
  readonly broker: BrokerHealth & { readonly kind: string };
  readonly sessions: {
    /** At this moment, those included that are still connecting. */
    readonly current: number;
    /** `limits.sessions`; `null` for no limit, as in JSON. */
    readonly most: number | null;
  };
}

/** Collected when asked; nothing is sent to the broker for it. */
export function healthOf(
  phase: ApplicationPhase,
  { availability, broker, limits, sessions }: Pick<ApplicationParts, 'availability' | 'broker' | 'limits' | 'sessions'>,
): ApplicationHealth {
  const { health = embeddedHealth(availability) } = broker;
  return {
    status: phase === 'running' ? health.status : phase,
    broker: { kind: broker.constructor.name, ...health },
    sessions: { current: sessions.size, most: Number.isFinite(limits.sessions) ? limits.sessions : null },
  };
}

/** A broker in this process has nothing to tell but whether it runs. */
function embeddedHealth({ isAvailable, since }: ApplicationParts['availability']): BrokerHealth {
  return { status: isAvailable ? 'up' : 'down', since: new Date(since).toISOString() };
}
