import { useEffect, useState } from 'preact/hooks';
import type { SchedulePreview, ScheduleRow } from '../../contract.js';
import { ApiError } from '../api/api-error.js';
import { api } from '../api/endpoints.js';
import { browserClock } from '../effects/browser-clock.js';
import { indentedJson } from '../json/lines.js';
import { objectText } from '../json/object-text.js';
import { viewerZone } from '../time/exact-time.js';
import { Dialog } from './dialog.js';
import { FormFoot } from './form-foot.js';
import { NextTicks } from './next-ticks.js';
import { PayloadField } from './payload-field.js';
import { useAction } from './use-action.js';

const SETTLE_MS = 250;

interface Props {
  /** Without one, a new schedule is made. */
  readonly schedule?: ScheduleRow;
  readonly onClose: () => void;
}

/** Says in words what a cron expression means while it is typed. */
export function ScheduleDialog({ schedule, onClose }: Props) {
  const { isBusy, error, run } = useAction();
  const [name, setName] = useState(schedule?.name ?? '');
  const [cron, setCron] = useState(schedule?.cron ?? '0 9 * * 1-5');
  const [timezone, setTimezone] = useState(schedule?.timezone ?? viewerZone());
  const [type, setType] = useState(schedule?.type ?? '');
  const [payload, setPayload] = useState(() => indentedJson(JSON.stringify(schedule?.payload ?? {})));
  const [isValid, setValid] = useState(true);
  const { preview, objection } = usePreview(cron, timezone);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = objectText({
      cron: JSON.stringify(cron.trim()),
      timezone: JSON.stringify(timezone.trim()),
      type: JSON.stringify(type.trim()),
      payload,
      options: schedule === undefined ? undefined : JSON.stringify(schedule.options),
    });
    if (await run(() => api.putSchedule(name.trim(), body), `The schedule ${name.trim()} is kept.`))
      onClose();
  };
  return (
    <Dialog title={schedule === undefined ? 'Add a schedule' : `Edit ${schedule.name}`} onClose={onClose}>
      <form onSubmit={submit}>
        {schedule === undefined && <TextField label="Name" value={name} onChange={setName} />}
        <div class="field-row">
          <TextField label="Cron" value={cron} onChange={setCron} />
          <TextField label="Zone" value={timezone} onChange={setTimezone} />
        </div>
        <div class="preview" role="status">
          {objection !== undefined && <p class="bad">{objection}</p>}
          {preview !== undefined && (
            <>
              <p>
                <strong>{preview.words}</strong>
              </p>
              <NextTicks ticks={preview.nextTicks} zone={timezone} dstNote={preview.dstNote} />
            </>
          )}
        </div>
        <TextField label="Type of the job" value={type} onChange={setType} />
        <PayloadField text={payload} onChange={setPayload} onValid={setValid} />
        <FormFoot
          error={error}
          verb="Keep"
          isDisabled={isBusy || !isValid || objection !== undefined}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function TextField({ label, value, onChange }: FieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        value={value}
        required
        maxLength={256}
        spellcheck={false}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}

function usePreview(cron: string, timezone: string) {
  const [preview, setPreview] = useState<SchedulePreview>();
  const [objection, setObjection] = useState<string>();
  useEffect(() => {
    let isWanted = true;
    const cancel = browserClock.after(SETTLE_MS, () => {
      api.previewSchedule({ cron: cron.trim(), timezone: timezone.trim() }).then(
        (answer) => {
          if (!isWanted) return;
          setPreview(answer);
          setObjection(undefined);
        },
        (reason: unknown) => {
          if (!isWanted) return;
          setPreview(undefined);
          setObjection(reason instanceof ApiError ? reason.message : String(reason));
        },
      );
    });
    return () => {
      isWanted = false;
      cancel();
    };
  }, [cron, timezone]);
  return { preview, objection };
}
