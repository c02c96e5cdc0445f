import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { type ClientCommand, type Frame, headerValue, negotiateVersion } from '@treadle/stomp';
import { ScriptedConversation } from './scripted-conversation.js';

const PATIENCE_MS = 4_000;

/** How a scripted broker begins. */
export interface ScriptedBrokerOptions {
  /** What CONNECTED says in `server`; `undefined`: nothing. Default `RabbitMQ/3.10.8`. */
  readonly server?: string | undefined;
  /** What CONNECTED says in `heart-beat`. Default `0,0`: none. It sends none by itself, see `ScriptedConversation.type`. */
  readonly heartBeat?: string;
  /** What it speaks, highest first. Default 1.2, 1.1, 1.0. */
  readonly versions?: readonly ('1.2' | '1.1' | '1.0')[];
  /** Speaks TLS. */
  readonly tls?: TlsOptions;
}

/**
 * Does what a frame of a command asks for, in place of the standard.
 * @param standard does what the broker does with it when nobody says anything
 */
export type ScriptedAnswer = (frame: Frame, conversation: ScriptedConversation, standard: () => void) => void;

/** Frames that are held back, see `ScriptedBroker.hold`. */
export interface HeldFrames {
  /** Those that came so far. */
  readonly frames: readonly Frame[];
  /** Does what the standard is with them, in the order they came, and with all later ones. */
  release(): void;
}

/**
 * A small broker on a real TCP port of this machine, whose answers a test scripts. By itself it is a plain one: it takes every CONNECT, gives each SEND to all
 * subscriptions of all conversations with the same destination, letter by letter (no queues, wildcards, acknowledgements or transactions), answers every
 * `receipt` when that is done, and ends after DISCONNECT.
 *
 * ```ts
 * await using broker = await ScriptedBroker.listen();
 * broker.on('CONNECT', (frame, conversation) => conversation.error('Bad CONNECT'));   // refuses logins
 * const held = broker.hold('SUBSCRIBE');                                              // answers when told
 * const conversation = await broker.conversation(0);                                  // the first connection
 * await conversation.next('SUBSCRIBE');                                               // what came, in order
 * conversation.message('sub-1', '/topic/x', 'hello');
 * conversation.type('MESSAGE\nsubs'); conversation.cut();                             // ends in the middle of a frame
 * await broker.stop(); await broker.start();                                          // the same port
 * ```
 */
export class ScriptedBroker implements AsyncDisposable {
  /** All that there were, in the order they connected. */
  readonly conversations: ScriptedConversation[] = [];
  /** Change it for later CONNECTs. */
  options: ScriptedBrokerOptions;
  readonly #answers = new Map<ClientCommand, ScriptedAnswer>();
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Set<() => void>();
  #server: Server | undefined;
  #port = 0;
  #messages = 0;

  private constructor(options: ScriptedBrokerOptions) {
    this.options = options;
  }

  /** One that listens at a free port of 127.0.0.1. */
  static async listen(options: ScriptedBrokerOptions = {}): Promise<ScriptedBroker> {
    const broker = new ScriptedBroker(options);
    await broker.start();
    return broker;
  }

  get port(): number {
    return this.#port;
  }

  /** As an element of `hosts`. */
  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: this.#port };
  }

  /** `stomp://127.0.0.1:port`, as links name it. */
  get url(): string {
    return `${this.options.tls ? 'stomps' : 'stomp'}://127.0.0.1:${this.#port}`;
  }

  /** Those that have not ended. */
  get open(): readonly ScriptedConversation[] {
    return this.conversations.filter((conversation) => conversation.isOpen);
  }

  /** Listens, again at the same port when it did before. */
  async start(): Promise<void> {
    const { tls } = this.options;
    const accept = (socket: Socket): void => this.#accept(socket);
    const server = tls ? createTlsServer(tls, accept) : createServer(accept);
    server.on(tls ? 'connection' : 'drop', (socket: Socket) => this.#know(socket));
    server.on('tlsClientError', () => undefined);
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port; // it listens at a port
  }

  /** Cuts every conversation and takes no more, as a broker that is killed. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (!server) return;
    server.close();
    await once(server, 'close');
  }

  /** From now on frames of this command are answered so; CONNECT stands for STOMP too. */
  on(command: ClientCommand, answer: ScriptedAnswer): void {
    this.#answers.set(command, answer);
  }

  /** The next frame of this command is answered so, later ones as by standard. */
  once(command: ClientCommand, answer: ScriptedAnswer): void {
    this.on(command, (frame, conversation, standard) => {
      this.standard(command);
      answer(frame, conversation, standard);
    });
  }

  /** From now on frames of this command are answered by standard again. */
  standard(command: ClientCommand): void {
    this.#answers.delete(command);
  }

  /** Frames of this command wait, each conversation reads on. */
  hold(command: ClientCommand): HeldFrames {
    const frames: Frame[] = [];
    const waiting: (() => void)[] = [];
    this.on(command, (frame, _conversation, standard) => {
      frames.push(frame);
      waiting.push(standard);
    });
    const release = (): void => {
      this.standard(command);
      for (const standard of waiting.splice(0)) standard();
    };
    return { frames, release };
  }

  /** The one that connected as the nth, from 0; waits for it. @throws Error after 4 s */
  async conversation(index: number): Promise<ScriptedConversation> {
    await this.until(() => this.conversations.length > index, `connection ${index}`);
    return this.conversations[index] as ScriptedConversation; // just waited for
  }

  /** Waits until something holds that frames, connections and their ends bring about. @throws Error after 4 s */
  async until(condition: () => boolean, what = 'what was waited for'): Promise<void> {
    let isPatient = true;
    let wake = (): void => undefined;
    const look = (): void => wake();
    const timer = setTimeout(() => {
      isPatient = false;
      wake();
    }, PATIENCE_MS);
    this.#waiting.add(look);
    try {
      while (!condition()) {
        if (!isPatient) throw new Error(`the scripted broker saw no ${what}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #know(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #accept(socket: Socket): void {
    this.#know(socket);
    const conversation = new ScriptedConversation(socket, {
      onFrame: (frame) => this.#take(frame, conversation),
      onNews: () => this.#news(),
      until: (condition, what) => this.until(condition, what),
    });
    this.conversations.push(conversation);
    this.#news();
  }

  #take(frame: Frame, conversation: ScriptedConversation): void {
    const command = frame.command === 'STOMP' ? 'CONNECT' : (frame.command as ClientCommand); // its decoder takes no others
    const standard = (): void => this.#doStandard(frame, conversation);
    const answer = this.#answers.get(command);
    if (answer) answer(frame, conversation, standard);
    else standard();
    this.#news();
  }

  #doStandard(frame: Frame, conversation: ScriptedConversation): void {
    if (frame.command === 'CONNECT' || frame.command === 'STOMP') return this.#connect(frame, conversation);
    const destination = headerValue(frame.headers, 'destination') ?? '';
    if (frame.command === 'SEND') this.publish(destination, frame.body, frame.headers);
    if (frame.command === 'SUBSCRIBE') conversation.subscribed(frame.headers);
    if (frame.command === 'UNSUBSCRIBE') conversation.subscriptions.delete(headerValue(frame.headers, 'id') ?? '');
    conversation.receipt(frame);
    if (frame.command === 'DISCONNECT') conversation.end();
  }

  #connect(frame: Frame, conversation: ScriptedConversation): void {
    const { heartBeat = '0,0', versions } = this.options;
    const server = 'server' in this.options ? this.options.server : 'RabbitMQ/3.10.8';
    const version = negotiateVersion(headerValue(frame.headers, 'accept-version'), versions);
    if (version === undefined) return conversation.error('Version mismatch');
    conversation.send('CONNECTED', [
      'version',
      version,
      'heart-beat',
      heartBeat,
      ...(server ? ['server', server] : []),
    ]);
    conversation.version = version;
  }

  /** Gives a message to all subscriptions of this destination. @param headers those of a SEND, flat */
  publish(destination: string, body: string | Uint8Array, headers: readonly string[] = []): void {
    this.#messages += 1;
    const own = headers.filter(
      (_, at) => !['destination', 'receipt', 'content-length'].includes(headers[at - (at % 2)] ?? ''),
    );
    const messageId = ['message-id', `m-${this.#messages}`];
    for (const conversation of this.open) {
      for (const [id, subscribed] of conversation.subscriptions) {
        if (subscribed === destination) conversation.message(id, destination, body, [...messageId, ...own]);
      }
    }
  }

  #news(): void {
    for (const look of this.#waiting) look();
  }
}
