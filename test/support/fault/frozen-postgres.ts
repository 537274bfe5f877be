import { execFileSync } from 'node:child_process';
import type { PrivatePostgres } from '../stores/start-postgres.js';

/**
 * A PostgreSQL that keeps every connection open and answers none: SIGSTOP for the server and all of its processes.
 * Answers what ends it.
 */
export function freezePostgres(postgres: PrivatePostgres): () => void {
  const server = postgres.pid;
  // The server first: it must not start another process meanwhile.
  process.kill(server, 'SIGSTOP');
  const frozen = [server, ...childrenOf(server)];
  for (const pid of frozen.slice(1)) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const pid of frozen.reverse()) thaw(pid);
  };
}

function childrenOf(parent: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = table.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
}

function thaw(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It has ended since.
  }
}
