import { useState } from 'preact/hooks';
import type { JobDetail } from '../../contract.js';
import { api, type JobVerb } from '../api/endpoints.js';
import { go } from '../address/navigation.js';
import { ChangeJobDialog } from './change-job-dialog.js';
import { ConfirmDialog } from './confirm-dialog.js';
import { RescheduleDialog } from './reschedule-dialog.js';
import { useAction } from './use-action.js';

const WORDS: Readonly<Record<JobVerb, string>> = {
  retry: 'Retry',
  'run-now': 'Run now',
  reschedule: 'Reschedule',
  change: 'Change',
  cancel: 'Cancel',
  delete: 'Delete',
};
const ORDER: readonly JobVerb[] = ['retry', 'run-now', 'reschedule', 'change', 'cancel', 'delete'];

/** Only what the job's status and this account's permissions allow: the server lists the verbs. */
export function JobActions({ job }: { readonly job: JobDetail }) {
  const [asked, setAsked] = useState<JobVerb>();
  const { isBusy, run } = useAction();
  const close = (): void => setAsked(undefined);
  const choose = (verb: JobVerb): void => {
    if (verb === 'retry') void run(() => api.actOnJob(job.id, 'retry', {}), 'The job is pending again.');
    else if (verb === 'run-now') void run(() => api.actOnJob(job.id, 'run-now', {}), 'The job is due now.');
    else setAsked(verb);
  };
  return (
    <>
      {ORDER.filter((verb) => job.verbs.includes(verb)).map((verb) => (
        <button
          key={verb}
          type="button"
          class={buttonClass(verb)}
          disabled={isBusy}
          onClick={() => choose(verb)}
        >
          {WORDS[verb]}
        </button>
      ))}
      {asked === 'cancel' && (
        <ConfirmDialog
          title="Cancel this job"
          verb="Cancel the job"
          isDestructive
          asksReason
          done={job.status === 'running' ? 'The job is asked to stop.' : 'The job is cancelled.'}
          act={(reason) => api.actOnJob(job.id, 'cancel', reason === undefined ? {} : { reason })}
          onClose={close}
        >
          <p>
            {job.status === 'running'
              ? 'It runs: its handler is asked to stop, and stops when it listens.'
              : 'It will not run. It can be retried later.'}
          </p>
        </ConfirmDialog>
      )}
      {asked === 'delete' && (
        <ConfirmDialog
          title="Delete this job"
          verb="Delete the job"
          isDestructive
          done="The job is deleted."
          act={() => api.deleteJob(job.id)}
          onClose={close}
          onDone={() => go('/jobs')}
        >
          <p>It goes for good, with its runs, its payload and its result.</p>
        </ConfirmDialog>
      )}
      {asked === 'reschedule' && <RescheduleDialog id={job.id} onClose={close} />}
      {asked === 'change' && <ChangeJobDialog job={job} onClose={close} />}
    </>
  );
}

function buttonClass(verb: JobVerb): string {
  if (verb === 'retry' || verb === 'run-now') return 'button primary';
  return verb === 'delete' || verb === 'cancel' ? 'button danger-quiet' : 'button';
}
