import type { Broker } from '../broker/broker.js';
import type { Findings } from '../foundation/findings.js';
import {
  type ApplicationOptions,
  DEFAULTS,
  type EndpointOptions,
  type HeartBeatOptions,
  type LimitOptions,
} from '../options.js';

/** The settings that are looked at, as they hold. */
export interface Settings {
  readonly options: ApplicationOptions;
  readonly limits: LimitOptions;
  readonly heartBeat: HeartBeatOptions;
  readonly broker: Broker;
  /** A method whose results go to the user who asked. */
  readonly methodForUsers: string | undefined;
}

/** Notes what is allowed and should be known by whoever answers for the server's security. */
export function noteUnsafeSettings(settings: Settings, findings: Findings): void {
  const { endpoints = DEFAULTS.endpoints } = settings.options;
  for (const endpoint of endpoints) if (typeof endpoint !== 'string') noteEndpoint(endpoint, findings);
  noteDirectSends(settings, findings);
  noteAnonymousUsers(settings, findings);
  noteLimits(settings.limits, findings);
  if (settings.heartBeat.expects > 0) return;
  const problem = 'it is 0, so a client that is gone without a word keeps its session until the network tells';
  findings.note({ location: 'heartBeat.expects', problem, cure: 'expect one every 10 to 60 seconds' });
}

function noteEndpoint({ path, allowedOrigins, compression }: EndpointOptions, { note }: Findings): void {
  const location = `endpoint '${path}'`;
  if (allowedOrigins === '*') {
    const problem = 'pages of every site may connect, with the cookies of whoever looks at them';
    note({ location, problem, cure: 'list the origins, or use allowedOriginPatterns' });
  }
  if (compression === true) {
    const problem =
      'compressed together with what others write, a secret can be guessed from the length (RFC 7692 § 8), and every session costs memory';
    note({ location, problem, cure: 'turn compression off where messages hold secrets' });
  }
}

/** Spring allows it too; nothing says so there. */
function noteDirectSends({ options: { interceptors }, broker }: Settings, { note }: Findings): void {
  if ((interceptors?.clientInbound ?? []).length > 0) return;
  const problem = `every client may SEND straight to ${broker.destinationPrefixes.join(', ')}, past the controllers`;
  note({ location: 'broker', problem, cure: 'refuse it in an interceptor of clientInbound, unless it is meant' });
}

function noteAnonymousUsers({ options, methodForUsers }: Settings, { note }: Findings): void {
  if (options.authenticate || (options.interceptors?.clientInbound ?? []).length > 0) return;
  const uses = [
    ...(methodForUsers === undefined ? [] : [`${methodForUsers} sends to users`]),
    ...(options.presence === undefined || options.presence === false ? [] : ['presence tells who is connected']),
  ];
  if (uses.length === 0) return;
  const problem = `everybody is anonymous, but ${uses.join(', and ')}`;
  note({ location: 'authenticate', problem, cure: 'say who a session is, with the option authenticate' });
}

const MEBI = 1024 * 1024;

/** Beyond them a single client can take what the others need. */
const SANE: Partial<LimitOptions> = {
  frameHeaders: 1_000,
  frameHeaderLineOctets: MEBI,
  frameBodyOctets: 16 * MEBI,
  payloadValues: 100_000,
  inboundQueueFrames: 10_000,
  inboundQueueOctets: 64 * MEBI,
  handlersInFlight: 100_000,
  handlersWaiting: 1_000_000,
  sendBufferOctets: 64 * MEBI,
  subscriptions: 100_000,
  connectTimeMs: 10 * 60_000,
};

function noteLimits(limits: LimitOptions, { note }: Findings): void {
  if (limits.octetsPerSecond < limits.frameBodyOctets) {
    const problem = `it is ${limits.octetsPerSecond}, so that a body of limits.frameBodyOctets ends its session`;
    note({
      location: 'limits.octetsPerSecond',
      problem,
      cure: `give ${limits.frameBodyOctets} or more, or lower the other`,
    });
  }
  const names = Object.keys(SANE) as (keyof LimitOptions)[]; // its own
  for (const name of names) {
    const value = limits[name];
    const most = SANE[name] ?? Infinity;
    if (value <= most) continue;
    const problem = `it is ${value}, so that one client can take what the others need`;
    note({ location: `limits.${name}`, problem, cure: `stay below ${most}` });
  }
}
