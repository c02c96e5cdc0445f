/** The cluster cannot run like this; the message tells whoever starts it what to do. */
export class ClusterError extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'ClusterError';
  }
}
