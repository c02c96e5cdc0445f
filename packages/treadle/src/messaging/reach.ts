/**
 * How far a message got. Who wants to know hands one along with the message (`Message.reach`), and whoever finds its receivers adds
 * to it before the send settles.
 */
export class Reach {
  /** Sessions on this server that had a live subscription to the message when it was published. */
  sessions = 0;
  /** Sessions on other servers that had one, as far as this server knew; `undefined` where it knows of none. */
  elsewhere: number | undefined = undefined;
}
