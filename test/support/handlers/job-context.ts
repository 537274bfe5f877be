import type { JobContext } from '../../../lib/core/job-context.js';

/** The context of a run that no worker started. */
export function fakeJobContext<Payload>(
  payload: Payload,
  settings: Partial<JobContext<Payload>> = {},
): JobContext<Payload> {
  return {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    type: 'send_email',
    queue: 'kyu:default',
    priority: 0,
    payload,
    run: 1,
    attempt: 1,
    maxAttempts: 4,
    createdAt: new Date(0),
    scheduledAt: null,
    context: {},
    signal: new AbortController().signal,
    fence: '01890a5d-ac96-774b-bcce-b302099a8057:1',
    progress: () => Promise.resolve(),
    log: () => undefined,
    ...settings,
  };
}
