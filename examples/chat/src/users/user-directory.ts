import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { injectable } from 'tsyringe';
import { ChatError } from '../chat-error.js';
import { Database } from '../database/database.js';

/** What a person gets once, when the account is made; the token is kept nowhere but in their browser. */
export interface NewUser {
  readonly name: string;
  readonly token: string;
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,23}$/u;

/** Who has an account. */
@injectable()
export class UserDirectory {
  constructor(private readonly database: Database) {}

  /** @throws ChatError `NAME_INVALID`, `NAME_TAKEN` (also when another name differs only in case) */
  async create(wanted: unknown): Promise<NewUser> {
    const name = typeof wanted === 'string' ? wanted.trim().normalize('NFC') : '';
    if (!NAME.test(name)) {
      throw new ChatError('NAME_INVALID', 'A name has 1 to 24 letters, digits, dots, hyphens or underscores.');
    }
    const token = randomBytes(32).toString('base64url');
    const created = await this.database.query(
      'insert into users (name, token_hash) values ($1, $2) on conflict do nothing returning name',
      [name, hash(token)],
    );
    if (created.length === 0) {
      throw new ChatError('NAME_TAKEN', `The name ${name} is taken. Please choose another one.`);
    }
    return { name, token };
  }

  /** True when the token is that user's. */
  async isTokenOf(name: string, token: string): Promise<boolean> {
    const [user] = await this.database.query<{ token_hash: string }>('select token_hash from users where name = $1', [
      name,
    ]);
    // Unknown names are compared too, so that an answer takes as long whether the name exists or not.
    const expected = user?.token_hash ?? hash('');
    return timingSafeEqual(Buffer.from(hash(token)), Buffer.from(expected)) && user !== undefined;
  }

  /** The name the token belongs to. Looked up by its hash, whose timing tells nothing about the token. */
  async findNameByToken(token: string): Promise<string | undefined> {
    const [user] = await this.database.query<{ name: string }>('select name from users where token_hash = $1', [
      hash(token),
    ]);
    return user?.name;
  }

  /** @throws ChatError `USER_UNKNOWN` */
  async require(name: string): Promise<void> {
    const [unknown] = await this.findUnknown([name]);
    if (unknown !== undefined) throw new ChatError('USER_UNKNOWN', `There is nobody called ${unknown}.`);
  }

  /** Everybody's name, in alphabetical order; the first 1000. */
  async names(): Promise<string[]> {
    const users = await this.database.query<{ name: string }>('select name from users order by lower(name) limit 1000');
    return users.map(({ name }) => name);
  }

  /** Those of `names` that have no account, in the same order. */
  async findUnknown(names: readonly string[]): Promise<string[]> {
    const users = await this.database.query<{ name: string }>('select name from users where name = any($1::text[])', [
      names,
    ]);
    const known = new Set(users.map(({ name }) => name));
    return names.filter((name) => !known.has(name));
  }
}

/** SHA-256 is enough for 256 random bits; slow hashes are for what people think up. */
function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
