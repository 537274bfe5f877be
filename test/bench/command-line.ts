import { parseArgs } from 'node:util';
import { BENCHMARK_NAMES } from './benchmarks/index.js';
import { inRepository } from './environment/repository.js';

/** What a person asked for. */
export interface CommandLine {
  readonly form: 'full' | 'quick' | 'smoke';
  /** Empty = all. */
  readonly only: readonly string[];
  readonly withPeers: boolean;
  readonly jsonFile: string | undefined;
  readonly profileFolder: string;
}

export const USAGE = `Usage: npm run bench -- [options]

  --quick            two minutes: what the ratios need, in small
  --only NAME        one benchmark, or several with commas or by repeating the option:
                     ${BENCHMARK_NAMES.join(', ')}
  --json FILE        write machine, versions, settings and every sample
  --profiles FOLDER  where profiles are written (default: .kyu/bench)
  --without-peers    Kyu alone, on the Node that runs this; nothing need be installed in test/bench
  --smoke            a single short iteration of everything, to see that it runs: nothing is measured, and Kyu
                     shares the process of the harness; --smoke --with-peers has the peers and the processes too
  --help             this text`;

/**
 * @returns `undefined` when the usage is asked for
 * @throws when an option is not known
 */
export function readCommandLine(words: readonly string[]): CommandLine | undefined {
  const { values } = parseArgs({
    args: [...words],
    options: {
      quick: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      profiles: { type: 'string', default: inRepository('.kyu/bench') },
      'with-peers': { type: 'boolean' },
      'without-peers': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const only = values.only.flatMap((names) => names.split(','));
  const unknown = only.filter((name) => !BENCHMARK_NAMES.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `There is no benchmark "${unknown.join('", "')}". There are: ${BENCHMARK_NAMES.join(', ')}.`,
    );
  }
  return {
    form: formOf(values),
    only,
    withPeers: !values['without-peers'] && (values['with-peers'] ?? !values.smoke),
    jsonFile: values.json,
    profileFolder: values.profiles,
  };
}

function formOf({ quick, smoke }: { quick: boolean; smoke: boolean }): CommandLine['form'] {
  if (smoke) return 'smoke';
  return quick ? 'quick' : 'full';
}
