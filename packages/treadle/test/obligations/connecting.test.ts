import { STOMP_VERSIONS } from '@treadle/stomp';
import { MessageMapping } from '../../src/annotation/decorators/mapping.js';
import { AuthenticationError } from '../../src/foundation/errors.js';
import { RecordingLogger } from '../broker/broker-under-test.js';
import { ALL, CONNECT, serve, SINCE_1_1, TRANSPORTS } from './stomp-server.js';
