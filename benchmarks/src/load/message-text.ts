/** The `ack` header of a MESSAGE frame. @throws Error when it has none */
export function ackIdOf(text: string): string {
  const start = text.indexOf('\nack:');
  if (start < 0) throw new Error(`a MESSAGE without ack header: ${JSON.stringify(text)}`);
  return text.slice(start + '\nack:'.length, text.indexOf('\n', start + 1));
}
