import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * The range lies below the ports that Linux (32768 and up) and macOS (49152 and up) hand to outgoing connections.
 * A store that is down keeps its port only in that case: inside the range of outgoing connections a client which
 * retries against the closed port may be given that very port, connect to itself, and block the restart.
 */
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_000;
const TRIES = 50;

/** A port on 127.0.0.1 on which nothing listens right now. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT);
    if (await isFree(port)) return port;
  }
  throw new Error(
    `No free port between ${LOWEST_PORT} and ${HIGHEST_PORT} on 127.0.0.1 after ${TRIES} tries.`,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
