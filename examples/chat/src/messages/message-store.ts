import { injectable } from 'tsyringe';
import { Database } from '../database/database.js';

/** What is said in a room or between two people; see `conversationOfRoom` and `conversationOfPair`. */
export interface Conversation {
  readonly id: string;
  /** The two people of direct messages; empty for a room, which has its own list of members. */
  readonly people: readonly string[];
}

/** A message as it is stored and as everybody gets it. */
export interface StoredMessage {
  /** Chosen by the sender's page, unique among the sender's messages: whoever sees it twice has seen one message. */
  readonly id: string;
  /** 1 for the first message of a conversation, and so on. */
  readonly position: number;
  readonly sender: string;
  readonly text: string;
  /** ISO 8601, by the server's clock. */
  readonly sentAt: string;
}

/** What a person sends. */
export interface MessageToStore {
  readonly id: string;
  readonly sender: string;
  readonly text: string;
}

/** Which part of a conversation: what follows or what precedes a position; neither means its end. */
export interface HistoryRange {
  readonly after?: number | undefined;
  readonly before?: number | undefined;
}

/** A stretch of a conversation, oldest first. */
export interface HistoryPage {
  readonly messages: readonly StoredMessage[];
  /** True when there is more in the direction that was asked for. */
  readonly hasMore: boolean;
}

/** Two people's conversation, as one of them sees it. */
export interface DirectConversation {
  /** The other one. */
  readonly name: string;
  /** Position of the newest message. */
  readonly lastPosition: number;
}

/** Messages of one answer. */
const PAGE_SIZE = 100;

const COLUMNS = 'id, position, sender, text, sent_at';

type MessageRow = { id: string; position: string; sender: string; text: string; sent_at: Date };

/** The messages of all conversations. */
@injectable()
export class MessageStore {
  constructor(private readonly database: Database) {}

  /**
   * Stores a message at the end of a conversation and resolves when it is on disk.
   * A message that comes again, as after a lost connection, is answered as it was stored the first time.
   */
  async append(conversation: Conversation, message: MessageToStore): Promise<StoredMessage> {
    const { id, sender, text } = message;
    // One statement: the counter's row is locked until the message is in, so nobody can read position 5 before position 4.
    const [inserted] = await this.database.query<MessageRow>(
      `with counter as (
         insert into conversations as known (id, people, last_position)
         select $1::text, $5::text[], 1
         where not exists (select from messages where conversation = $1 and sender = $2 and id = $3)
         on conflict (id) do update set last_position = known.last_position + 1, last_change = nextval('conversation_changes')
         returning last_position
       )
       insert into messages (conversation, position, sender, id, text)
       select $1, last_position, $2, $3, $4 from counter
       on conflict (conversation, sender, id) do nothing
       returning ${COLUMNS}`,
      [conversation.id, sender, id, text, conversation.people],
    );
    if (inserted) return fromRow(inserted);
    const [before] = await this.database.query<MessageRow>(
      `select ${COLUMNS} from messages where conversation = $1 and sender = $2 and id = $3`,
      [conversation.id, sender, id],
    );
    if (!before) throw new Error(`message ${id} of ${sender} was neither stored nor found in ${conversation.id}`);
    return fromRow(before);
  }

  /** A part of a conversation, at most 100 messages. */
  async read(conversation: Conversation, { after, before }: HistoryRange): Promise<HistoryPage> {
    const isForward = after !== undefined;
    const rows = await this.database.query<MessageRow>(
      `select ${COLUMNS} from messages
       where conversation = $1 and position > $2 and ($3::bigint is null or position < $3)
       order by position ${isForward ? 'asc' : 'desc'} limit $4`,
      [conversation.id, after ?? 0, before ?? null, PAGE_SIZE + 1],
    );
    const messages = rows.slice(0, PAGE_SIZE).map(fromRow);
    return { messages: isForward ? messages : messages.toReversed(), hasMore: rows.length > PAGE_SIZE };
  }

  /** With whom somebody has exchanged direct messages, the newest conversation first. */
  async partnersOf(name: string): Promise<DirectConversation[]> {
    const rows = await this.database.query<{ people: string[]; last_position: string }>(
      `select people, last_position from conversations where people @> array[$1::text] order by last_change desc`,
      [name],
    );
    return rows.map(({ people, last_position }) => ({
      name: people.find((person) => person !== name) ?? name,
      lastPosition: Number(last_position),
    }));
  }
}

/** The conversation of a room. */
export function conversationOfRoom(roomId: string): Conversation {
  return { id: `room:${roomId}`, people: [] };
}

/** The conversation of two people, the same whoever asks. Names hold no colon. */
export function conversationOfPair(one: string, other: string): Conversation {
  const people = one < other ? [one, other] : [other, one];
  return { id: `direct:${people.join(':')}`, people };
}

function fromRow({ id, position, sender, text, sent_at }: MessageRow): StoredMessage {
  return { id, position: Number(position), sender, text, sentAt: sent_at.toISOString() };
}
