import { join } from 'node:path';
import type { Contestant } from './contestant.js';

/** The reference that the others are compared with: see `servers/bare-ws-server.ts`. */
export const bareWs: Contestant = {
  name: 'bare-ws',
  description: 'a few lines on plain ws that write each message by itself (the reference)',
  program: () => join(__dirname, '../servers/bare-ws.js'),
};
