import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

const PATIENCE_MS = 8_000;

test(
  'a lab whose port for TCP is taken ends, and says why',
  async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number }; // it listens on TCP

    const env = { ...process.env, HOST: '127.0.0.1', PORT: '0', TCP_PORT: String(port) };
    const lab = spawn(process.execPath, [join(__dirname, '../dist/main.js')], { env, timeout: PATIENCE_MS });
    let said = '';
    lab.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(lab, 'close')) as [number | null];
    other.close();

    expect(said).toContain('EADDRINUSE');
    expect(code).toBe(1);
  },
  PATIENCE_MS * 2,
);
