import { injectable } from 'tsyringe';
import { ChatError } from '../chat-error.js';
import { Database } from '../database/database.js';
import { conversationOfRoom } from '../messages/message-store.js';
import { UserDirectory } from '../users/user-directory.js';
import type { NewChatRoom } from './new-chat-room.js';

/** A room as its members see it. */
export interface ChatRoom {
  readonly id: string;
  readonly title: string;
  /** True when everybody is a member. */
  readonly isPublic: boolean;
  /** The members' names; empty in a public room. */
  readonly members: readonly string[];
  /** Position of the newest message, 0 when there is none. */
  readonly lastPosition: number;
}

type ChatRoomRow = { id: string; title: string; is_public: boolean; members: string[]; last_position: string };

/** Which rooms exist and who may read and write there. */
@injectable()
export class ChatRoomDirectory {
  constructor(
    private readonly database: Database,
    private readonly users: UserDirectory,
  ) {}

  /** @throws ChatError `MEMBERS_UNKNOWN`, `ROOM_EXISTS` */
  async create({ id, title, members }: NewChatRoom): Promise<ChatRoom> {
    const unknownMembers = await this.users.findUnknown(members);
    if (unknownMembers.length > 0) {
      const names = new Intl.ListFormat('en', { type: 'disjunction' }).format(unknownMembers);
      throw new ChatError('MEMBERS_UNKNOWN', `There is nobody called ${names}.`, { unknownMembers });
    }
    // One statement, so that no room is ever seen without its members.
    const created = await this.database.query(
      `with room as (
         insert into chat_rooms (id, title) values ($1, $2) on conflict (id) do nothing returning id
       )
       insert into chat_room_members (room_id, user_name) select room.id, name from room, unnest($3::text[]) as name
       returning room_id`,
      [id, title, members],
    );
    if (created.length === 0) throw new ChatError('ROOM_EXISTS', `There is a room called ${id} already.`);
    return { id, title, isPublic: false, members, lastPosition: 0 };
  }

  /** The public rooms and those that `userName` is a member of. */
  async roomsOf(userName: string): Promise<ChatRoom[]> {
    const rows = await this.database.query<ChatRoomRow>(
      `select room.id, room.title, room.is_public,
         array(select user_name from chat_room_members where room_id = room.id order by user_name) as members,
         coalesce((select last_position from conversations where id = $2 || room.id), 0) as last_position
       from chat_rooms room
       where room.is_public or exists (select from chat_room_members where room_id = room.id and user_name = $1)
       order by not room.is_public, room.created_at, room.id`,
      [userName, conversationOfRoom('').id],
    );
    return rows.map(fromRow);
  }

  /** True when the room exists and is public or has this member. */
  async isMember(roomId: string, userName: string): Promise<boolean> {
    const rooms = await this.database.query(
      `select from chat_rooms room where id = $1
       and (is_public or exists (select from chat_room_members where room_id = room.id and user_name = $2))`,
      [roomId, userName],
    );
    return rooms.length > 0;
  }

  /** @throws ChatError `ROOM_UNKNOWN`, `NOT_A_MEMBER` */
  async requireMember(roomId: string, userName: string): Promise<void> {
    if (await this.isMember(roomId, userName)) return;
    const rooms = await this.database.query('select from chat_rooms where id = $1', [roomId]);
    if (rooms.length === 0) throw new ChatError('ROOM_UNKNOWN', `There is no room called ${roomId}.`);
    throw new ChatError('NOT_A_MEMBER', `You are not a member of ${roomId}.`);
  }
}

function fromRow({ id, title, is_public, members, last_position }: ChatRoomRow): ChatRoom {
  return { id, title, isPublic: is_public, members, lastPosition: Number(last_position) };
}
