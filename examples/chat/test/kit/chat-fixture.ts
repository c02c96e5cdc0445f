import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { connect, type TestClient } from '@treadle/testing';
import { ChatServer } from '../../src/chat-server.js';
import { EmbeddedDatabaseProcess } from './embedded-database-process.js';
import { temporaryFolder } from './temporary-folder.js';

/** An answer of the JSON API. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: any; // a test looks into it with its own expectations
}

/** Somebody with an account. */
export interface Person {
  readonly name: string;
  readonly token: string;
  /** Opens a STOMP session in memory. */
  connect(): Promise<TestClient>;
  /** Asks the JSON API with the person's token. */
  api(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
}

/** A chat of the test's own: real HTTP on a free port, STOMP in memory, an empty database. */
export class ChatFixture {
  /** Such as `http://127.0.0.1:43210`. */
  readonly address: string;
  readonly #chat: ChatServer;
  readonly #release: () => Promise<void>;

  private constructor(chat: ChatServer, address: string, release: () => Promise<void>) {
    this.#chat = chat;
    this.address = address;
    this.#release = release;
  }

  static async start(): Promise<ChatFixture> {
    const { folder, remove } = await temporaryFolder();
    const database = await EmbeddedDatabaseProcess.open(folder);
    const chat = new ChatServer(database);
    const address = await chat.start(0, '127.0.0.1');
    return new ChatFixture(chat, address, async () => {
      await chat.stop();
      await database.close();
      await remove();
    });
  }

  async stop(): Promise<void> {
    await this.#release();
  }

  /** The name and token are new each time, so that tests of one file do not meet. */
  async person(word = 'Ada'): Promise<Person> {
    const { body } = await this.api('POST', '/api/users', { name: `${word}-${randomUUID().slice(0, 8)}` });
    const { name, token } = body as { name: string; token: string }; // what creating an account answers
    return {
      name,
      token,
      connect: () => connect(this.#chat.application, { login: name, passcode: token }),
      api: (method, path, content) => this.api(method, path, content, { authorization: `Bearer ${token}` }),
    };
  }

  /** Opens a STOMP session with any credentials. */
  connect(login: string, passcode: string): Promise<TestClient> {
    return connect(this.#chat.application, { login, passcode });
  }

  async api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const response = await this.fetch(path, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.address + path, init);
  }
}

/** A room with these members, made by the first of them. */
export async function roomOf(creator: Person, ...others: readonly Person[]): Promise<string> {
  const id = `room-${randomUUID().slice(0, 8)}`;
  const { status } = await creator.api('POST', '/api/chat-rooms', { id, members: others.map(({ name }) => name) });
  if (status !== 201) throw new Error(`the room was refused with status ${status}`);
  return id;
}

/** A message as a page sends it. */
export function outgoing(text: string, id: string = randomUUID()): { id: string; text: string } {
  return { id, text };
}
