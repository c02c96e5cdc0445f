/** What a page may know about the server it is connected to. A class, so that it can name what the container injects. */
export class ServerInfo {
  /**
   * @param name tells the servers of one chat apart; `undefined` where there is one alone
   * @param broker what connects it with the others, such as `RabbitMQ`; `undefined` for the broker inside
   */
  constructor(
    readonly name?: string,
    readonly broker?: string,
  ) {}
}
