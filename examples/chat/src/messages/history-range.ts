import type { Request } from 'express';
import { ChatError } from '../chat-error.js';
import type { HistoryRange } from './message-store.js';

/** Reads `?after=<position>` or `?before=<position>`. @throws ChatError `POSITION_INVALID` */
export function historyRangeOf(request: Request): HistoryRange {
  return { after: positionOf(request, 'after'), before: positionOf(request, 'before') };
}

function positionOf(request: Request, name: string): number | undefined {
  const text: unknown = request.query[name];
  if (text === undefined) return undefined;
  if (typeof text === 'string' && /^\d{1,15}$/.test(text)) return Number(text);
  throw new ChatError('POSITION_INVALID', `"${name}" must be the position of a message, a whole number.`);
}
