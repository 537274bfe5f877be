import type { Command } from 'commander';
import { confirm } from '../../confirm.js';
import { withConnection } from '../../connection/connection-options.js';
import { operating } from '../../connection/operate.js';
import { actorOf, withActor } from '../../operator-flags.js';
import { present } from '../../output/present.js';
import { countOf } from '../../output/times.js';
import type { Shell } from '../../shell.js';
import type { ChangeFlags } from '../jobs/change-jobs.js';
import { withChange } from '../jobs/change-options.js';

/** `kyu errors retry <fingerprint>` */
export function addErrorsRetry(errors: Command, shell: Shell): void {
  withChange(withActor(withConnection(errors.command('retry'))))
    .description('run the dead jobs of a group again, with all their attempts')
    .argument('<fingerprint>', 'the group')
    .action(async (fingerprint: string, flags: ChangeFlags) => {
      await operating(shell, flags, async ({ admin }) => {
        const by = { ...actorOf(shell, flags), ...(flags.limit === undefined ? {} : { limit: flags.limit }) };
        const counted = await admin.retryErrorGroup(fingerprint, { ...by, dryRun: true });
        if (counted.matched === 0 || flags.dryRun === true) {
          return present(shell, flags, counted, () =>
            counted.matched === 0
              ? 'No dead job has this error.'
              : `${countOf(counted.matched, 'job')} would be put back in line.`,
          );
        }
        await confirm(shell, flags.yes === true, { verb: 'Retry', count: counted.matched, noun: 'job' });
        const result = await admin.retryErrorGroup(fingerprint, by);
        present(
          shell,
          flags,
          result,
          () => `${shell.paint.good('put back in line')} ${countOf(result.affected, 'job')}`,
        );
      });
    });
}
