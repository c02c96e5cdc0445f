import type { Database } from './database.js';

/** The room where everybody is a member. */
export const LOBBY = 'lobby';

/** Statements that may run at every start. Times are kept as `timestamptz`, order within a conversation as its `position`. */
const STATEMENTS = [
  `create table if not exists users (
     name text primary key,
     token_hash text not null unique,
     created_at timestamptz not null default now()
   )`,
  // "alice" must not pass for "Alice".
  `create unique index if not exists users_name_ignoring_case on users (lower(name))`,
  `create table if not exists chat_rooms (
     id text primary key,
     title text not null,
     is_public boolean not null default false,
     created_at timestamptz not null default now()
   )`,
  `create table if not exists chat_room_members (
     room_id text not null references chat_rooms (id),
     user_name text not null references users (name),
     primary key (room_id, user_name)
   )`,
  `create sequence if not exists conversation_changes`,
  // A conversation is what happens in a room or between two people; this row counts its messages.
  `create table if not exists conversations (
     id text primary key,
     people text[] not null default '{}',
     last_position bigint not null default 0,
     last_change bigint not null default nextval('conversation_changes')
   )`,
  // Grows with every change; a time would be the same for changes of one millisecond. Data of earlier versions had a time.
  `alter table conversations add column if not exists last_change bigint not null default nextval('conversation_changes')`,
  `create index if not exists conversations_people on conversations using gin (people)`,
  `create table if not exists messages (
     conversation text not null references conversations (id),
     position bigint not null,
     id text not null,
     sender text not null references users (name),
     text text not null,
     sent_at timestamptz not null default now(),
     primary key (conversation, position),
     unique (conversation, sender, id)
   )`,
  `create table if not exists announcements (
     position bigint generated always as identity primary key,
     text text not null,
     sender text not null references users (name),
     sent_at timestamptz not null default now()
   )`,
];

/** Any number that nobody else locks. */
const SCHEMA_LOCK = 0x7ead1e;

/** Creates what is missing in the database. Servers that start together wait for each other: `if not exists` alone lets two of them create one table. */
export async function createSchema(database: Database): Promise<void> {
  await database.query(`do $$ begin perform pg_advisory_xact_lock(${SCHEMA_LOCK}); ${STATEMENTS.join('; ')}; end $$`);
  await database.query(
    `insert into chat_rooms (id, title, is_public) values ($1, $2, true) on conflict (id) do nothing`,
    [LOBBY, 'Lobby'],
  );
}
