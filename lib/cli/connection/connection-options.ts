import { Option, type Command } from 'commander';
import type { KyuModuleOptions } from '../../kyu.options.js';
import type { Shell } from '../shell.js';
import { readConfigFile } from './config-file.js';

/** Where the stores are, as it is said on the command line. */
export interface ConnectionFlags {
  readonly postgres?: string;
  /** `false`: there is none. */
  readonly redis?: string | false;
  readonly schema?: string;
  readonly queueName?: string;
  readonly config?: string;
}

/** Where the help shows the options below. */
export const CONNECTION_GROUP = 'Connection:';

/** Adds the options of every command that connects. */
export function withConnection(command: Command): Command {
  return command
    .optionsGroup(CONNECTION_GROUP)
    .option('--postgres <url>', 'PostgreSQL, the ledger (DATABASE_URL)')
    .option('--redis <url>', 'Redis, the dispatcher (REDIS_URL, or REDIS_ADDR and REDIS_PASSWORD)')
    .addOption(new Option('--no-redis', 'PostgreSQL alone'))
    .option('--schema <name>', 'schema of the ledger (KYU_SCHEMA)')
    .option('--queue-name <name>', 'queue name of the application (KYU_QUEUE_NAME)')
    .option('--config <file>', 'module that exports the options (default: kyu.config.js or .mjs)')
    .optionsGroup('Options:');
}

/** What the flags say wins over the environment, and that over the file; what nobody says has Kyu's own default. */
export async function connectionOf(shell: Shell, flags: ConnectionFlags): Promise<KyuModuleOptions> {
  const { environment } = shell;
  const fromFile = await readConfigFile(shell.folder, flags.config);
  const dsn = flags.postgres ?? given(environment['DATABASE_URL']);
  const redis = flags.redis ?? redisFrom(environment);
  const schema = flags.schema ?? given(environment.KYU_SCHEMA);
  const queueName = flags.queueName ?? given(environment.KYU_QUEUE_NAME);
  const { dataSource, dsn: dsnFromFile, ...others } = fromFile;
  return {
    ...others,
    ...ledgerFrom(dsn, { dsn: dsnFromFile, dataSource }),
    ...(redis === undefined ? {} : { redis }),
    ...(schema === undefined ? {} : { schema }),
    ...(queueName === undefined ? {} : { queueName }),
  };
}

function ledgerFrom(
  dsn: string | undefined,
  fromFile: Pick<KyuModuleOptions, 'dsn' | 'dataSource'>,
): Pick<KyuModuleOptions, 'dsn' | 'dataSource'> {
  if (dsn !== undefined) return { dsn };
  return Object.fromEntries(Object.entries(fromFile).filter(([, value]) => value !== undefined));
}

function redisFrom(environment: Shell['environment']): string | undefined {
  const url = given(environment['REDIS_URL']);
  const address = given(environment['REDIS_ADDR']);
  if (url !== undefined || address === undefined) return url;
  const password = given(environment['REDIS_PASSWORD']);
  return `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}${address}`;
}

/** An empty variable is one that somebody took away. */
function given(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
