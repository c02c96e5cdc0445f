import { injectable } from 'tsyringe';
import { Database } from '../database/database.js';

/** An announcement as it is stored and as everybody gets it. */
export interface Announcement {
  /** Grows with every announcement: whoever sees one twice has seen one. */
  readonly position: number;
  readonly text: string;
  readonly sender: string;
  /** ISO 8601, by the database's clock. */
  readonly sentAt: string;
}

/** What was announced behind a position, oldest first, and where the next question begins. */
export interface AnnouncementsSince {
  readonly announcements: readonly Announcement[];
  readonly lastPosition: number;
}

/** Announcements of one answer: the newest. */
const MOST = 20;

type AnnouncementRow = { position: string; text: string; sender: string; sent_at: Date };

/** What was announced, for pages that were away meanwhile. */
@injectable()
export class AnnouncementStore {
  constructor(private readonly database: Database) {}

  /** Resolves when it is on disk. */
  async append(text: string, sender: string): Promise<Announcement> {
    const [row] = await this.database.query<AnnouncementRow>(
      'insert into announcements (text, sender) values ($1, $2) returning position, text, sender, sent_at',
      [text, sender],
    );
    if (!row) throw new Error('an announcement was not stored');
    return fromRow(row);
  }

  /** @param position of the last one that is known; without it nothing was missed */
  async since(position: number | undefined): Promise<AnnouncementsSince> {
    const rows = await this.database.query<AnnouncementRow>(
      `select position, text, sender, sent_at from announcements
       where position > $1 or position = (select max(position) from announcements) order by position desc limit ${MOST}`,
      [position ?? Number.MAX_SAFE_INTEGER],
    );
    const newest = rows.map(fromRow).toReversed();
    return {
      announcements: newest.filter((announcement) => position !== undefined && announcement.position > position),
      lastPosition: newest.at(-1)?.position ?? 0,
    };
  }
}

function fromRow({ position, text, sender, sent_at }: AnnouncementRow): Announcement {
  return { position: Number(position), text, sender, sentAt: sent_at.toISOString() };
}
