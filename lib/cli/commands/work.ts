import type { Command } from 'commander';
import { resolve } from 'node:path';
import { holdProcess } from '../../core/system-clock.js';
import { remark } from '../output/present.js';
import { names, wholeNumber } from '../read-arguments.js';
import type { Shell } from '../shell.js';

interface WorkOptions {
  readonly processes: number;
  readonly queues?: readonly string[];
  readonly concurrency?: number;
  readonly once?: boolean;
  readonly export?: string;
}

/** `kyu work <module>`: the connection is the application's own. */
export function addWork(program: Command, shell: Shell): void {
  program
    .command('work')
    .description("run the application's workers, in processes that are watched and started again")
    .argument('<module>', 'built file of the root module, such as dist/app.module.js')
    .option('--export <name>', 'which export of it (default: the default export, else AppModule)')
    .option('--processes <number>', 'processes, 1 to 256', wholeNumber(1, 256), 1)
    .option('--queues <names>', 'these queues alone, with commas between them', names)
    .option('--concurrency <number>', 'runs at once in each process', wholeNumber(1, 10_000))
    .option('--once', 'run what is due, then end')
    .action(async (file: string, options: WorkOptions) => work(shell, file, options));
}

/** `kyu run-once <module>`: the same with --once, for crontab and Kubernetes jobs. */
export function addRunOnce(program: Command, shell: Shell): void {
  program
    .command('run-once')
    .description('run what is due, then end: "work --once" for crontab and Kubernetes jobs')
    .argument('<module>', 'built file of the root module, such as dist/app.module.js')
    .option('--export <name>', 'which export of it (default: the default export, else AppModule)')
    .option('--queues <names>', 'these queues alone, with commas between them', names)
    .option('--concurrency <number>', 'runs at once', wholeNumber(1, 10_000))
    .action(async (file: string, options: Omit<WorkOptions, 'processes' | 'once'>) =>
      work(shell, file, { ...options, processes: 1, once: true }),
    );
}

async function work(shell: Shell, file: string, options: WorkOptions): Promise<void> {
  const [{ Supervisor }, { Undertaker }] = await Promise.all([
    import('../work/supervisor.js'),
    import('../work/undertaker.js'),
  ]);
  const { processes, queues, concurrency, export: exportName, once = false } = options;
  const undertaker = new Undertaker();
  const supervisor = new Supervisor({
    settings: {
      file: resolve(shell.folder, file),
      once,
      ...(exportName === undefined ? {} : { exportName }),
      ...(queues === undefined ? {} : { queues }),
      ...(concurrency === undefined ? {} : { concurrency }),
    },
    processes,
    clock: shell.clock,
    undertaker,
    say: (line) => remark(shell, `${shell.paint.quiet('kyu work:')} ${line}`),
  });
  const hold = holdProcess();
  const onSignal = (signal: NodeJS.Signals): void => supervisor.stop(signal);
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  try {
    shell.exitCode = await supervisor.run();
  } finally {
    hold.cancel();
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
    await undertaker.close();
  }
}
