import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { clientFrame, pongFrame, stompText } from './client-frames.js';
import { FrameWalker } from './frame-walker.js';

const CLOSE = 0x8;
const PING = 0x9;
const READ_BUFFER = Buffer.allocUnsafeSlow(256 * 1024);

/** Where a contestant listens. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** Path of the WebSocket endpoint, for example `/ws`. */
  readonly path: string;
}

/** Told of each MESSAGE while traffic runs; see `FrameVisitor.onMessage` for the arguments. */
export type OnMessage = (octets: Buffer | undefined, start: number, end: number) => void;

/**
 * A STOMP session of the load generator: the least client that can subscribe, send and count. Whatever a correct
 * server never does (another answer than expected, ERROR, a close) is thrown, which ends the generator's process.
 */
export class StompConnection {
  /** Called for every message that is not the awaited answer to a frame of this connection. */
  onMessage: OnMessage = (octets, start, end) => {
    throw new Error(`unexpected message: ${octets?.toString('utf8', start, end) ?? '(in pieces)'}`);
  };
  /** Called after each read, when its messages have been counted: the moment to send what has become due. */
  onRead: () => void = () => {};
  readonly #socket: Socket;
  readonly #walker: FrameWalker;
  #upgradeAnswer = '';
  #isUpgraded = false;
  #keepsNextOnly = false;
  #isClosing = false;
  #awaited: ((answer: string) => void) | undefined;

  private constructor(address: ServerAddress) {
    this.#walker = new FrameWalker({
      onMessage: (octets, start, end) => this.#messageArrived(octets, start, end),
      onControlFrame: (opcode, payload) => this.#controlFrameArrived(opcode, payload),
    });
    // All connections share one read buffer: libuv hands it over and the callback is done with it before the next read.
    const onread = {
      buffer: READ_BUFFER,
      callback: (length: number): boolean => {
        this.#read(READ_BUFFER.subarray(0, length));
        return true;
      },
    };
    this.#socket = connect({ host: address.host, port: address.port, noDelay: true, onread });
    this.#socket.on('error', (error) => {
      if (!this.#isClosing) throw error;
    });
    this.#socket.on('close', () => {
      if (!this.#isClosing) {
        const said = this.#isUpgraded ? '' : ` instead of the upgrade: ${this.#upgradeAnswer}`;
        throw new Error(`the server closed a connection${said}`);
      }
    });
  }

  /** Connects `count` sessions, one after the other; each has its CONNECTED frame when this resolves. */
  static async openAll(address: ServerAddress, count: number): Promise<StompConnection[]> {
    const connections: StompConnection[] = [];
    while (connections.length < count) connections.push(await StompConnection.openOne(address));
    return connections;
  }

  /** Connects one session; it has its CONNECTED frame when this resolves. */
  static async openOne(address: ServerAddress): Promise<StompConnection> {
    const connection = new StompConnection(address);
    await connection.#open(address);
    return connection;
  }

  /** Resolves when the server confirmed with a RECEIPT that the subscription is live. @param further headers of the SUBSCRIBE frame */
  async subscribe(id: string, destination: string, further: Record<string, string> = {}): Promise<void> {
    const headers = { id, destination, receipt: id, ...further };
    await this.#request(stompText('SUBSCRIBE', headers), `RECEIPT\nreceipt-id:${id}\n`);
  }

  /** From now on payloads are skipped, not gathered. */
  startCounting(): void {
    this.#walker.keepsPayloads = false;
  }

  /** Gathers the next message that comes whole or begins from now on, however many pieces it comes in. */
  keepNextMessage(): void {
    this.#walker.keepsPayloads = true;
    this.#keepsNextOnly = true;
  }

  /** Stops reading, as a client that has other things to do. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads on. */
  resume(): void {
    this.#socket.resume();
  }

  /** From now on the server may end the connection. */
  mayEnd(): void {
    this.#isClosing = true;
  }

  /** Whether the connection has ended, whoever ended it. */
  get hasEnded(): boolean {
    return this.#socket.closed;
  }

  /** Resets the connection, as a machine that is gone. */
  vanish(): void {
    this.#isClosing = true;
    this.#socket.resetAndDestroy();
  }

  /** Writes whole WebSocket frames. */
  write(frames: Buffer): void {
    this.#socket.write(frames);
  }

  /**
   * Says DISCONNECT and waits for its RECEIPT. A session's frames are in order, so that any message before it is one
   * too many and is thrown by `onMessage`.
   */
  async disconnect(): Promise<void> {
    this.#walker.keepsPayloads = true;
    this.#keepsNextOnly = false;
    this.#isClosing = true;
    await this.#request(stompText('DISCONNECT', { receipt: 'bye' }), 'RECEIPT\nreceipt-id:bye\n');
    this.#socket.destroy();
  }

  async #open(address: ServerAddress): Promise<void> {
    await once(this.#socket, 'connect');
    const upgraded = new Promise<string>((resolve) => (this.#awaited = resolve));
    this.#socket.write(
      `GET ${address.path} HTTP/1.1\r\nHost: ${address.host}:${address.port}\r\nUpgrade: websocket\r\n` +
        'Connection: Upgrade\r\nSec-WebSocket-Key: dHJlYWRsZS1sb2FkLWdlbg==\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Protocol: v12.stomp\r\n\r\n',
    );
    await upgraded;
    // RabbitMQ takes `host` for a virtual host, and this one is always there; the others take any.
    const headers = { 'accept-version': '1.2', host: '/', 'heart-beat': '0,0' };
    await this.#request(stompText('CONNECT', headers), 'CONNECTED\n');
  }

  async #request(frame: string, expectedStart: string): Promise<void> {
    const answer = new Promise<string>((resolve) => (this.#awaited = resolve));
    this.#socket.write(clientFrame(Buffer.from(frame)));
    const text = await answer;
    if (!text.startsWith(expectedStart)) {
      throw new Error(`expected ${JSON.stringify(expectedStart)}, the server answered ${JSON.stringify(text)}`);
    }
  }

  #read(chunk: Buffer): void {
    if (!this.#isUpgraded) {
      this.#readUpgradeAnswer(chunk);
      return;
    }
    this.#walker.walk(chunk);
    this.onRead();
  }

  #readUpgradeAnswer(chunk: Buffer): void {
    this.#upgradeAnswer += chunk.toString('latin1');
    if (!this.#upgradeAnswer.endsWith('\r\n\r\n')) {
      return;
    }
    if (!this.#upgradeAnswer.startsWith('HTTP/1.1 101')) {
      throw new Error(`the server refused the upgrade: ${this.#upgradeAnswer}`);
    }
    this.#isUpgraded = true;
    this.#answer(this.#upgradeAnswer);
  }

  #messageArrived(octets: Buffer | undefined, start: number, end: number): void {
    if (octets !== undefined && isHeartBeat(octets, start, end)) {
      return;
    }
    if (this.#awaited === undefined) {
      if (this.#keepsNextOnly && octets !== undefined) {
        this.#keepsNextOnly = false;
        this.#walker.keepsPayloads = false;
      }
      this.onMessage(octets, start, end);
      return;
    }
    this.#answer(octets?.toString('utf8', start, end) ?? '(an answer in several WebSocket frames)');
  }

  #answer(text: string): void {
    this.#awaited?.(text);
    this.#awaited = undefined;
  }

  #controlFrameArrived(opcode: number, payload: Buffer): void {
    if (opcode === PING) {
      this.#socket.write(pongFrame(payload));
      return;
    }
    if (opcode === CLOSE && !this.#isClosing) {
      throw new Error(`the server closed a session: ${payload.toString('utf8', 2)}`);
    }
  }
}

function isHeartBeat(octets: Buffer, start: number, end: number): boolean {
  return end - start === 1 && octets[start] === 0x0a;
}
