import type { Command } from 'commander';
import { escapeInvisible } from '../../../core/redact.js';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { looking } from '../../connection/operate.js';
import { present, type PresentOptions } from '../../output/present.js';
import { statusColour } from '../../output/status-colour.js';
import type { Shell } from '../../shell.js';

/** `kyu jobs explain <id>` */
export function addJobsExplain(jobs: Command, shell: Shell): void {
  withConnection(jobs.command('explain'))
    .description('why a job does not run')
    .argument('<id>', 'the job')
    .option('--json', 'one JSON document')
    .action(async (id: string, options: ConnectionFlags & PresentOptions) => {
      await looking(shell, options, async ({ admin }) => {
        const explanation = await admin.explain(id);
        present(shell, options, explanation, () => {
          const { status, type, queue, reasons } = explanation;
          const colour = statusColour(status, shell.paint);
          const lines = reasons.map(({ text }) => `- ${escapeInvisible(text)}`);
          return [`${colour(status)}  ${type} in ${queue}`, ...lines].join('\n');
        });
      });
    });
}
