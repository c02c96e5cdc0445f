import { codeBlocks, readDocument } from '../../documents';

/** The message that docs/guide/start-up-checks.md shows. */
export function documentedMessage(): string {
  const [message = ''] = codeBlocks(readDocument('docs/guide/start-up-checks.md'), 'text');
  return message.trimEnd();
}
