import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The guard outlives us for a moment. It reads the pid of the running server, one line per change, and its input ends
 * when this process ends: by itself, by Ctrl-C, or by SIGKILL, where no hook of ours runs. Then it ends the server and
 * deletes the folder. A pipe works on every Unix; Linux' parent death signal does not exist on macOS.
 */
const GUARD_SCRIPT = `
while read -r line; do pid=$line; done
if [ -n "$pid" ] && kill -s "$2" "$pid"; then
  kill -s CONT "$pid"
  for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    kill -s 0 "$pid" || break
    sleep 0.25
  done
  kill -s KILL "$pid"
fi
rm -rf -- "$1"
`;

export interface RunningServer {
  child: ChildProcess;
  pid: number;
  ended: Promise<void>;
}

export interface PrivateFolderOptions {
  parentFolder: string;
  prefix: string;
  /** Ends the server at once, together with its own children. */
  lastSignal: 'SIGQUIT' | 'SIGKILL';
}

const openFolders = new Set<PrivateFolder>();

/** A folder for one server. Neither the folder nor the server in it outlives this process. */
export class PrivateFolder {
  readonly path: string;
  private readonly guard: ChildProcess;
  private server: RunningServer | undefined;

  constructor(private readonly options: PrivateFolderOptions) {
    mkdirSync(options.parentFolder, { recursive: true });
    this.path = mkdtempSync(join(realpathSync(options.parentFolder), options.prefix));
    // The system user that runs a server for root must be able to pass through, but needs no list of what is inside.
    chmodSync(this.path, 0o711);
    this.guard = startGuard(this.path, options.lastSignal);
    if (openFolders.size === 0) process.on('exit', endServers);
    openFolders.add(this);
  }

  serverStarted(server: RunningServer): void {
    this.server = server;
    this.guard.stdin?.write(`${server.pid}\n`);
    void server.ended.then(() => {
      this.server = undefined;
      this.guard.stdin?.write('\n');
    });
  }

  /** Only sends the signal, so that it can run while this process exits. */
  endServer(): void {
    this.server?.child.kill(this.options.lastSignal);
    // A paused server would sit on the signal for ever.
    this.server?.child.kill('SIGCONT');
  }

  /** Ends the server and deletes the folder. */
  async remove(): Promise<void> {
    this.endServer();
    this.server?.child.ref();
    await this.server?.ended;
    await rm(this.path, { recursive: true, force: true, maxRetries: 5 });
    openFolders.delete(this);
    if (openFolders.size === 0) process.off('exit', endServers);
    await endGuard(this.guard);
  }
}

function endServers(): void {
  for (const folder of openFolders) folder.endServer();
}

function startGuard(folder: string, lastSignal: string): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'store-guard', folder, lastSignal.replace('SIG', '')], {
    // In its own session, Ctrl-C in the terminal does not reach the guard.
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a guard the exit hook still ends the server, so its failure must not fail the tests.
  guard.on('error', () => {});
  guard.stdin?.on('error', () => {});
  guard.unref();
  // A child's pipe is a socket. Its type hides that.
  (guard.stdin as { unref?: () => void } | null)?.unref?.();
  return guard;
}

async function endGuard(guard: ChildProcess): Promise<void> {
  if (guard.pid === undefined || guard.exitCode !== null || guard.signalCode !== null) return;
  guard.ref();
  const ended = once(guard, 'exit');
  guard.stdin?.end();
  await ended;
}
