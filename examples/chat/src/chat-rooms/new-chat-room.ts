import { randomUUID } from 'node:crypto';
import { ChatError } from '../chat-error.js';

/** A room that somebody wants; checked. */
export interface NewChatRoom {
  readonly id: string;
  readonly title: string;
  /** Whoever asks is one of them; nobody twice. */
  readonly members: readonly string[];
}

const ID = /^[a-z0-9][a-z0-9-]{0,39}$/;
const MEMBERS_LIMIT = 200;

/**
 * Reads the body of `POST /api/chat-rooms`: `{ id, title, members }`, where the id may be made from the title and the other way
 * round.
 * @throws ChatError `ROOM_INVALID`
 */
export function newChatRoomFrom(body: Readonly<Record<string, unknown>>, creator: string): NewChatRoom {
  const title = textOf(body, 'title') || textOf(body, 'id');
  const id = textOf(body, 'id') || idFrom(title);
  if (title.length > 60) throw new ChatError('ROOM_INVALID', 'A title has at most 60 characters.');
  if (!ID.test(id)) {
    throw new ChatError(
      'ROOM_INVALID',
      'A room needs a title, or an id of 1 to 40 lower-case letters (a to z), digits and hyphens.',
    );
  }
  return { id, title, members: membersOf(body, creator) };
}

function membersOf({ members = [] }: Readonly<Record<string, unknown>>, creator: string): string[] {
  if (!Array.isArray(members) || !members.every((name): name is string => typeof name === 'string')) {
    throw new ChatError('ROOM_INVALID', '"members" must be a list of names.');
  }
  const names = new Set([creator, ...members.map((name) => name.trim()).filter((name) => name !== '')]);
  if (names.size > MEMBERS_LIMIT) {
    throw new ChatError('ROOM_INVALID', `A room has at most ${MEMBERS_LIMIT} members.`);
  }
  return [...names];
}

function textOf(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name] ?? '';
  if (typeof value !== 'string') throw new ChatError('ROOM_INVALID', `"${name}" must be a text.`);
  return value.trim();
}

/** `Café Zürich!` becomes `cafe-zurich`; a title without such letters gets a random id. */
function idFrom(title: string): string {
  if (title === '') return '';
  const letters = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = letters.replace(/[^a-z0-9]+/g, '-').slice(0, 40);
  return words.replace(/^-|-$/g, '') || `room-${randomUUID().slice(0, 8)}`;
}
