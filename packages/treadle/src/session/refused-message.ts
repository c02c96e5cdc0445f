import type { Frame } from '@treadle/stomp';
import { ApplicationError } from '../foundation/application-error.js';
import { MessageRejectedError } from '../foundation/errors.js';
import type { Message, MessageType } from '../messaging/message.js';
import type { SessionContext } from '../messaging/session-context.js';
import { frameToMessage } from './frame-mapping.js';

/** Frames that can be refused alone; the others change the session, which must not go on as if they had. */
const TYPES: { readonly [command in string]?: MessageType } = { SEND: 'MESSAGE', SUBSCRIBE: 'SUBSCRIBE' };

/**
 * The message of a frame that was refused by an error with `endsSession: false`; `undefined` when the session has to end. STOMP knows no
 * refusal but ERROR, after which the connection closes (STOMP 1.2 § ERROR), so the client is told outside of the protocol's own frames.
 */
export function messageRefusedAlone(error: Error, frame: Frame, session: SessionContext): Message | undefined {
  const isCoded = error instanceof MessageRejectedError || error instanceof ApplicationError;
  if (!isCoded || error.endsSession) return undefined;
  const type = TYPES[frame.command];
  return type && frameToMessage(type, frame, session);
}
