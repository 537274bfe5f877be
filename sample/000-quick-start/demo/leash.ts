import { spawn } from 'node:child_process';

/** Its input ends when this process ends, by SIGKILL too, where no hook of ours runs. Then it ends the child. */
const SCRIPT = 'read -r word || { kill -s TERM "$1"; sleep 5; kill -s KILL "$1"; }';

/** Sees to it that a child does not outlive this process. Call the answer when the child has ended. */
export function leash(pid: number): () => void {
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'child-guard', String(pid)], {
    // In its own session, Ctrl-C in the terminal does not reach the guard.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a guard the child is still ended in every orderly end.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  // A child's pipe is a socket. Its type hides that.
  (guard.stdin as { unref?: () => void }).unref?.();
  return () => guard.stdin.end('ended\n');
}
