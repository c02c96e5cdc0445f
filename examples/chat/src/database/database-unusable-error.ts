/** The database cannot be opened; the message tells whoever starts the chat what to do. */
export class DatabaseUnusableError extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'DatabaseUnusableError';
  }
}
