/** An environment variable does not hold what it may; the message tells whoever starts the chat what may be there. */
export class SettingInvalidError extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'SettingInvalidError';
  }
}
