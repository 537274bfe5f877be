import type { Command } from 'commander';
import { KyuSchemaVersionError } from '../../core/errors.js';
import type { Finding, FixResult } from '../../core/finding.js';
import { escapeInvisible } from '../../core/redact.js';
import { withConnection, type ConnectionFlags } from '../connection/connection-options.js';
import { migrating, operating } from '../connection/operate.js';
import { EXIT } from '../exit-codes.js';
import { actorOf, withActor, type ActorFlags } from '../operator-flags.js';
import { hint, present, type PresentOptions } from '../output/present.js';
import { countOf } from '../output/times.js';
import type { Shell } from '../shell.js';

interface DoctorOptions extends ConnectionFlags, PresentOptions, ActorFlags {
  readonly fix?: boolean;
}

/** What the doctor said. */
interface Visit {
  readonly findings: readonly Finding[];
  readonly fixes: readonly FixResult[];
}

/** `kyu doctor` */
export function addDoctor(program: Command, shell: Shell): void {
  withActor(withConnection(program.command('doctor')))
    .description(
      'look for what is wrong, with the remedy of each finding; exit code 1 when there is anything',
    )
    .option('--fix', 'see to what can be seen to without harm, then look again')
    .option('--json', 'one JSON document')
    .action(async (options: DoctorOptions) => {
      const visit = await visitOf(shell, options);
      // A note is no complaint.
      if (visit.findings.some(({ severity }) => severity !== 'note')) shell.exitCode = EXIT.failed;
      present(shell, options, visit, () => textOf(shell, visit, options.fix === true));
    });
}

async function visitOf(shell: Shell, options: DoctorOptions): Promise<Visit> {
  try {
    return await examine(shell, options);
  } catch (error) {
    if (!(error instanceof KyuSchemaVersionError)) throw error;
    return examineSchema(shell, options, error);
  }
}

async function examine(shell: Shell, options: DoctorOptions): Promise<Visit> {
  return operating(shell, options, async ({ admin }) => {
    const findings = await admin.doctor();
    const codes = new Set(findings.filter(({ canFix }) => canFix).map(({ code }) => code));
    if (options.fix !== true || codes.size === 0) return { findings, fixes: [] };
    const fixes: FixResult[] = [];
    for (const code of codes) fixes.push(await admin.fix(code, actorOf(shell, options)));
    return { findings: await admin.doctor(), fixes };
  });
}

/** Nothing else can be looked at while the tables are not those of this release. */
async function examineSchema(
  shell: Shell,
  options: DoctorOptions,
  error: KyuSchemaVersionError,
): Promise<Visit> {
  return migrating(shell, options, async (schema) => {
    const { version, needed } = await schema.state();
    const canFix = version < needed;
    if (options.fix !== true || !canFix) {
      const remedy = canFix ? 'Run: kyu migrate up' : error.remedy;
      const text = error.message.replace(error.remedy, '').trim();
      return {
        findings: [{ code: 'schema-version', severity: 'critical', text, remedy, canFix }],
        fixes: [],
      };
    }
    const applied = await schema.up();
    const fixes: FixResult[] = [{ code: 'schema-version', done: applied.map((name) => `applied ${name}`) }];
    const { findings } = await examine(shell, { ...options, fix: false });
    return { findings, fixes };
  });
}

function textOf(shell: Shell, { findings, fixes }: Visit, isFixing: boolean): string {
  const { paint } = shell;
  const done = fixes.flatMap(({ code, done: steps }) =>
    steps.map((step) => `${paint.good('fixed')} ${code}: ${escapeInvisible(step)}`),
  );
  if (findings.length === 0)
    return [...done, `${paint.good('healthy')}  Nothing to complain about.`].join('\n');
  const colours = { critical: paint.bad, warning: paint.careful, note: paint.quiet };
  const lines = findings.map(({ severity, code, text, remedy }) =>
    [
      `${colours[severity](severity.padEnd(8))} ${code}`,
      `  ${escapeInvisible(text)}`,
      `  ${paint.quiet(escapeInvisible(remedy))}`,
    ].join('\n'),
  );
  const fixable = findings.filter(({ canFix }) => canFix).length;
  const next =
    fixable > 0 && !isFixing
      ? [hint(shell, `${countOf(fixable, 'finding')} can be fixed: kyu doctor --fix`)]
      : [];
  return [...done, ...lines, ...next].join('\n');
}
