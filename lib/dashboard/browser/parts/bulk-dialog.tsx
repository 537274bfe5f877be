import { useRef, useState } from 'preact/hooks';
import { ApiError } from '../api/api-error.js';
import { api, type BulkVerb } from '../api/endpoints.js';
import { useReading } from '../api/use-reading.js';
import { askForRefresh } from '../live/refresh-asked.js';
import { counted, wholeNumber } from '../words/numbers.js';
import { BULK_WORDS } from './bulk-words.js';
import { runBulk } from './bulk-run.js';
import { Dialog } from './dialog.js';
import { ErrorBox } from './error-box.js';
import { ReadingView } from './reading-view.js';
import { tell } from './notices.js';

export interface BulkSelection {
  readonly query?: string;
  readonly ids?: readonly string[];
}

interface Props {
  readonly verb: BulkVerb;
  readonly selection: BulkSelection;
  readonly onClose: () => void;
  readonly onDone?: () => void;
}

/** Counts first, asks then, and shows how far it is. */
export function BulkDialog({ verb, selection, onClose, onDone }: Props) {
  const words = BULK_WORDS[verb];
  // Counted once: the number that is confirmed must not move while it is read.
  const preview = useReading(`bulk ${verb}`, () =>
    api.bulk(verb, { ...selection, dryRun: true, ...(verb === 'reschedule' ? { when: '0s' } : {}) }),
  );
  return (
    <Dialog title={`${words.verb} jobs`} onClose={onClose}>
      <ReadingView reading={preview}>
        {({ matched }) =>
          matched === 0 ? (
            <NothingToDo verb={words.verb} onClose={onClose} />
          ) : (
            <BulkForm
              verb={verb}
              selection={selection}
              matched={matched}
              onClose={onClose}
              {...(onDone === undefined ? {} : { onDone })}
            />
          )
        }
      </ReadingView>
    </Dialog>
  );
}

function NothingToDo({ verb, onClose }: { readonly verb: string; readonly onClose: () => void }) {
  return (
    <>
      <p class="dialog-body">
        None of these jobs stands where “{verb.toLowerCase()}” is possible. Nothing would change.
      </p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </div>
    </>
  );
}

function BulkForm({ verb, selection, matched, onClose, onDone }: Props & { readonly matched: number }) {
  const words = BULK_WORDS[verb];
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [when, setWhen] = useState('5m');
  const { affected, error, isRunning, start, stop } = useBulk();
  const isConfirmed = !words.isDestructive || typed.replaceAll(/[^\d]/g, '') === String(matched);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const isDone = await start(verb, matched, {
      ...selection,
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
      ...(verb === 'reschedule' ? { when } : {}),
    });
    if (!isDone) return;
    onClose();
    onDone?.();
  };
  return (
    <form onSubmit={submit}>
      <div class="dialog-body">
        <p>
          <strong>{counted(matched, 'job')}</strong> {matched === 1 ? 'matches' : 'match'}
          {selection.query !== undefined && (
            <>
              {' '}
              <code>{selection.query === '' ? 'everything' : selection.query}</code>
            </>
          )}
          . {words.meaning}
        </p>
      </div>
      {verb === 'reschedule' && (
        <label class="field">
          <span>
            Due <i>a span such as 5m or 2h, or an instant</i>
          </span>
          <input value={when} onInput={(event) => setWhen(event.currentTarget.value)} required />
        </label>
      )}
      <label class="field">
        <span>
          Reason <i>optional, kept in the audit</i>
        </span>
        <input value={reason} maxLength={300} onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
      {words.isDestructive && (
        <label class="field">
          <span>
            Type <b>{matched}</b> to confirm
          </span>
          <input
            value={typed}
            inputMode="numeric"
            autoComplete="off"
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
      )}
      {isRunning && (
        <div class="bulk-progress" role="status">
          <progress value={affected} max={matched} aria-label="Progress" />
          {wholeNumber(affected)} of {wholeNumber(matched)}
        </div>
      )}
      {error !== undefined && <ErrorBox error={error} />}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={isRunning ? stop : onClose}>
          {isRunning ? 'Stop here' : 'Leave them'}
        </button>
        <button
          type="submit"
          class={`button ${words.isDestructive ? 'danger' : 'primary'}`}
          disabled={isRunning || !isConfirmed}
        >
          {words.verb} {counted(matched, 'job')}
        </button>
      </div>
    </form>
  );
}

function useBulk() {
  const [isRunning, setRunning] = useState(false);
  const [affected, setAffected] = useState(0);
  const [error, setError] = useState<ApiError>();
  const isStopped = useRef(false);
  const start = async (verb: BulkVerb, matched: number, body: object): Promise<boolean> => {
    isStopped.current = false;
    setRunning(true);
    setError(undefined);
    try {
      const all = await runBulk(
        (step) => api.bulk(verb, step),
        body,
        matched,
        (progress) => setAffected(progress.affected),
        () => isStopped.current,
      );
      tell(`${counted(all, 'job')} ${BULK_WORDS[verb].done}.`);
      return true;
    } catch (reason) {
      setError(reason instanceof ApiError ? reason : new ApiError(0, 'PAGE_ERROR', String(reason)));
      return false;
    } finally {
      setRunning(false);
      askForRefresh();
    }
  };
  const stop = (): void => {
    isStopped.current = true;
  };
  return { isRunning, affected, error, start, stop };
}
