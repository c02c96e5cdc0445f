import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (file: string): Buffer => readFileSync(join(__dirname, 'certificates', file));

/** Signed the certificates of `server` and `client`. */
export const authority = read('authority.crt');

/** For 127.0.0.1 and localhost. */
export const server = { cert: read('server.crt'), key: read('server.key') };

/** Of a client called `warehouse`. */
export const client = { cert: read('client.crt'), key: read('client.key') };

/** Of one that calls itself `warehouse` too, but nobody vouches for it. */
export const stranger = { cert: read('stranger.crt'), key: read('stranger.key') };
