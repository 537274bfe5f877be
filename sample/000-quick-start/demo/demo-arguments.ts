import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What was asked for on the command line. */
export interface DemoArguments {
  help: boolean;
  ordersPath: string;
  /** Stay up when the work is done. */
  serve: boolean;
  /** Hurt the system while it works. */
  chaos: boolean;
  /** PostgreSQL alone, even where a Redis could be had. */
  noRedis: boolean;
  /** Where logs and reports go; `undefined`: a new folder under `.kyu/demo`. */
  folder: string | undefined;
  /** Where the API listens; `undefined`: on any free port. */
  port: number | undefined;
}

/** The command line, or the environment, asks for something that does not exist. */
export class ArgumentMistake extends Error {
  override readonly name = 'ArgumentMistake';
}

export const HELP = `Runs the quick-start sample: one API process, two worker processes, real orders.

  npm run demo -- [options] [orders.csv]

  orders.csv         the orders to place; default: the 1,000 shipped ones
  --chaos            kill a worker, flush Redis and stop Redis for 10 s while the work is under way
  --serve            stay up when the work is done, with the dashboard and new orders, until Ctrl-C
  --no-redis         PostgreSQL alone, even where Redis is installed
  --folder <path>    where logs and the report go; default: a new folder under .kyu/demo
  --help             this text

  DATABASE_URL, REDIS_URL   use these servers instead of private ones
  PORT                      where the API listens; default: any free port
  NO_COLOR                  no colours

Exit code: 0 when every job is accounted for, 1 when something is wrong, 2 for a mistake on the command line.`;

const SHIPPED_ORDERS = fileURLToPath(
  new URL('../../../../sample/000-quick-start/data/orders.csv', import.meta.url),
);

const OPTIONS = {
  help: { type: 'boolean', short: 'h', default: false },
  serve: { type: 'boolean', default: false },
  chaos: { type: 'boolean', default: false },
  'no-redis': { type: 'boolean', default: false },
  folder: { type: 'string' },
} as const;

/** @throws ArgumentMistake */
export function readArguments(given: readonly string[]): DemoArguments {
  const { values, positionals } = parse(given);
  if (positionals.length > 1) {
    throw new ArgumentMistake(`One file of orders at a time, not ${positionals.join(', ')}.`);
  }
  const [ordersPath] = positionals;
  return {
    help: values.help,
    ordersPath: ordersPath === undefined ? SHIPPED_ORDERS : fromWhereTheyStand(ordersPath),
    serve: values.serve,
    chaos: values.chaos,
    noRedis: values['no-redis'],
    folder: values.folder === undefined ? undefined : fromWhereTheyStand(values.folder),
    port: portFrom(process.env['PORT'] ?? ''),
  };
}

function portFrom(text: string): number | undefined {
  if (text === '') return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new ArgumentMistake(`PORT is "${text}", and a port is a number from 1 to 65535.`);
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({ args: [...given], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    // The first sentence names the option; what follows in Node's text is about quoting.
    const [reason = ''] = (error as Error).message.split('. ');
    throw new ArgumentMistake(`${reason.replace(/\.$/, '')}.`, { cause: error });
  }
}

/** npm runs scripts in the folder of the package; people mean the folder that they typed in. */
function fromWhereTheyStand(path: string): string {
  const { INIT_CWD, npm_lifecycle_event } = process.env;
  const folder = npm_lifecycle_event === 'demo' ? INIT_CWD : undefined;
  return resolve(folder ?? process.cwd(), path);
}
