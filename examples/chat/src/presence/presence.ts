import { ApplicationEvents, SessionConnectedEvent, SessionDisconnectEvent, SimpMessagingTemplate } from 'treadle';
import { injectable } from 'tsyringe';

/** Who has a window open, told to everybody when it changes. */
@injectable()
export class Presence {
  /** Open sessions by name: a person may have several windows. */
  readonly #sessions = new Map<string, Set<string>>();

  constructor(
    private readonly events: ApplicationEvents,
    private readonly template: SimpMessagingTemplate,
  ) {}

  /** Called by the application before it takes connections. */
  onApplicationStart(): void {
    this.events.on(SessionConnectedEvent, ({ session }) => this.#arrive(session.user?.name, session.id));
    this.events.on(SessionDisconnectEvent, ({ session }) => this.#leave(session.user?.name, session.id));
  }

  /** Names of those who are here, in alphabetical order. */
  names(): string[] {
    return [...this.#sessions.keys()].toSorted((one, other) => one.localeCompare(other));
  }

  async #arrive(name: string | undefined, sessionId: string): Promise<void> {
    if (name === undefined) return;
    const sessions = this.#sessions.get(name);
    sessions?.add(sessionId);
    if (sessions) return;
    this.#sessions.set(name, new Set([sessionId]));
    await this.#publish(name, true);
  }

  async #leave(name: string | undefined, sessionId: string): Promise<void> {
    const sessions = name === undefined ? undefined : this.#sessions.get(name);
    if (name === undefined || !sessions?.delete(sessionId) || sessions.size > 0) return;
    this.#sessions.delete(name);
    await this.#publish(name, false);
  }

  #publish(name: string, isPresent: boolean): Promise<void> {
    return this.template.convertAndSend('/topic/presence', { name, isPresent });
  }
}
