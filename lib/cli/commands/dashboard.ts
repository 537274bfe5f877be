import type { Command } from 'commander';
import { DEFAULT_DSN, DEFAULT_REDIS } from '../../core/option-defaults.js';
import { holdProcess } from '../../core/system-clock.js';
import { UsageError } from '../command-errors.js';
import { explainConnection } from '../connection/connection-failure.js';
import { connectionOf, withConnection, type ConnectionFlags } from '../connection/connection-options.js';
import { looking } from '../connection/operate.js';
import { remark } from '../output/present.js';
import { wholeNumber } from '../read-arguments.js';
import { queueNames } from '../readings/queue-names.js';
import type { Shell } from '../shell.js';

interface DashboardFlags extends ConnectionFlags {
  readonly port: number;
  readonly host: string;
  readonly readOnly?: boolean;
}

/** `kyu dashboard`: the pages of the dashboard module, without an application around them. */
export function addDashboard(program: Command, shell: Shell): void {
  withConnection(program.command('dashboard'))
    .description('serve the dashboard on this machine, until it is interrupted')
    .option('--port <number>', '0 = any that is free', wholeNumber(0, 65_535), 3_000)
    .option('--host <address>', 'others than this machine need KYU_DASHBOARD_USER and _PASSWORD', '127.0.0.1')
    .option('--read-only', 'look, and change nothing')
    .action(async (flags: DashboardFlags) => {
      const dashboard = await serve(shell, flags);
      shell.stdout.write(`The dashboard is at ${dashboard.url}\n`);
      remark(shell, shell.paint.quiet('Ctrl-C ends it.'));
      await interrupted();
      await dashboard.close();
    });
}

async function serve(shell: Shell, flags: DashboardFlags) {
  const options = await connectionOf(shell, flags);
  const { dsn = DEFAULT_DSN, redis = DEFAULT_REDIS, schema, queueName, dataSource } = options;
  if (dataSource !== undefined || (redis !== false && typeof redis !== 'string')) {
    throw new UsageError('"kyu dashboard" needs addresses: say --postgres and --redis (or --no-redis).');
  }
  const queues = await looking(shell, flags, (operator) => queueNames(operator, shell));
  const { serveDashboard } = await import('../../dashboard/serve-dashboard.js');
  try {
    return await serveDashboard({
      postgres: dsn,
      redis,
      queues,
      port: flags.port,
      host: flags.host,
      readOnly: flags.readOnly === true,
      ...basicAuth(shell),
      ...(schema === undefined ? {} : { schema }),
      ...(queueName === undefined ? {} : { queueName }),
    });
  } catch (error) {
    throw explainConnection(error, options);
  }
}

/** From the environment: what stands on a command line can be read by everybody on the machine. */
function basicAuth({ environment }: Shell): { basicAuth?: { user: string; password: string } } {
  const user = environment.KYU_DASHBOARD_USER ?? '';
  const password = environment.KYU_DASHBOARD_PASSWORD ?? '';
  return user === '' || password === '' ? {} : { basicAuth: { user, password } };
}

async function interrupted(): Promise<void> {
  const hold = holdProcess();
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
  });
  hold.cancel();
}
