/** The port cannot be one; the message tells whoever starts the chat what may be there. */
export class PortInvalidError extends Error {
  constructor(text: string) {
    super(`PORT must be a number from 0 to 65535, not ${JSON.stringify(text)}`);
    this.name = 'PortInvalidError';
  }
}

/** Reads `PORT`; 8080 when it is not set, `0` means any free one. @throws PortInvalidError */
export function portOf(text = '8080'): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new PortInvalidError(text);
}
