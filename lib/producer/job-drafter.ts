import { InvalidJobError } from '../core/errors.js';
import type { JobDraft, JobId } from '../core/job.js';
import { jobTypeOf, type JobReference } from '../core/job-definition.js';
import { isName, NAME_RULE } from '../core/names.js';
import { encodePayload } from '../core/payload.js';
import { applySchema } from '../core/payload-schema.js';
import type { JobDefaults } from '../core/ports/handler-table.js';
import type { DraftedJob } from '../core/ports/telemetry.js';
import { describeValue } from '../core/redact.js';
import { resolveEnqueueOptions, type EnqueueOptions } from '../core/resolve-enqueue-options.js';
import { resolveUnique } from '../core/resolve-unique.js';

/** What the drafter works with. */
export interface DrafterParts {
  readonly defaultsFor: (reference: JobReference) => JobDefaults;
  readonly newJobId: () => JobId;
  readonly payloadLimitBytes: number;
  /** The instance's `queueName`: applications that share a ledger do not share keys. */
  readonly app: string;
  /** Names for priorities. */
  readonly priorities: ReadonlyMap<string, number>;
  /** JSON text of what is to travel with the job. Called in the place that enqueues it. Default: nothing. */
  readonly contextFor?: (job: DraftedJob) => string | null;
}

/** Not an option of the job, but of where it is written. */
const OTHER_KEYS = ['manager'];

/** Turns what a caller passes into a complete row, or refuses it with a typed error. Touches no store. */
export class JobDrafter {
  constructor(private readonly parts: DrafterParts) {}

  /** Synchronous but for a schema that takes its time, so that drafting adds no turn of the event loop. */
  draft(
    reference: JobReference,
    payload: unknown,
    options: EnqueueOptions | undefined,
  ): JobDraft | Promise<JobDraft> {
    const type = typeOf(reference);
    const { app, defaultsFor, newJobId, payloadLimitBytes, priorities } = this.parts;
    const settings = resolveEnqueueOptions(type, options, defaultsFor(reference), OTHER_KEYS, priorities);
    const { queue } = settings;
    const text = encodePayload(payload, payloadLimitBytes);
    const id = newJobId();
    // Spelt out, because a spread beside other members costs a microsecond, which is more than the checks do.
    const draft: JobDraft = {
      id,
      type,
      queue,
      payload: text,
      priority: settings.priority,
      maxRetries: settings.maxRetries,
      timeoutMs: settings.timeoutMs,
      delayMs: settings.delayMs,
      scheduledAt: settings.scheduledAt,
      deadlineAt: settings.deadlineAt ?? null,
      tags: settings.tags ?? null,
      backoff: settings.backoff ?? null,
      unique: resolveUnique(options?.unique, { app, queue, type, payload: text }),
      context: this.parts.contextFor?.({ id, type, queue }) ?? null,
    };
    const schema = typeof reference === 'string' ? undefined : reference.schema;
    if (schema === undefined) return draft;
    // The schema is asked about what the ledger will hold, because that is what it will be asked about before the run:
    // a date, say, has become text by then. What it makes of the payload is not stored, for the same reason.
    const checked = applySchema(schema, JSON.parse(draft.payload));
    return checked instanceof Promise ? checked.then(() => draft) : draft;
  }
}

function typeOf(reference: unknown): string {
  const isToken = typeof reference === 'object' && reference !== null && 'type' in reference;
  const type = isToken ? jobTypeOf(reference as JobReference) : reference;
  if (isName(type)) return type;
  throw new InvalidJobError('type', describeValue(type), `a token of defineJob, or a name: ${NAME_RULE}`);
}
