import type { EventBus } from '../core/event-bus.js';
import type { InsertedJob, JobDraft, QueuedHint } from '../core/job.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';

/** What the announcer works with. */
export interface AnnouncerParts {
  readonly dispatcher: Dispatcher;
  readonly events: EventBus;
}

/** The second step of a job's way: what is pending becomes reachable. No caller waits for it. */
export class JobAnnouncer {
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly parts: AnnouncerParts) {}

  /** What one statement wrote is told together: one event and one announcement for each queue. */
  tell(drafts: readonly JobDraft[], jobs: readonly InsertedJob[]): void {
    const created = new Map<string, JobDraft[]>();
    const pending = new Map<string, QueuedHint[]>();
    for (const [index, draft] of drafts.entries()) {
      const job = jobs[index]!; // the intake answers for each draft
      if (job.created) addTo(created, draft);
      const hint = hintOf(draft, job);
      if (hint !== undefined) addTo(pending, hint);
    }
    for (const [queue, members] of created) this.parts.events.emit('jobs.enqueued', { queue, jobs: members });
    for (const [queue, hints] of pending) this.announce(queue, hints);
  }

  async whenDone(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private announce(queue: string, hints: readonly QueuedHint[]): void {
    const announcement = this.parts.dispatcher.announce(queue, hints);
    this.underWay.add(announcement);
    void announcement.finally(() => this.underWay.delete(announcement));
  }
}

/** What the dispatcher should hear: a new job, or one that another draft has just changed. */
function hintOf(draft: JobDraft, job: InsertedJob): QueuedHint | undefined {
  if (job.status !== 'pending') return undefined;
  if (job.created) return draft;
  if (draft.unique?.onConflict !== 'replace') return undefined;
  return { id: job.id, type: draft.type, priority: draft.priority, queue: draft.queue };
}

function addTo<Member extends QueuedHint>(queues: Map<string, Member[]>, member: Member): void {
  const members = queues.get(member.queue);
  if (members === undefined) queues.set(member.queue, [member]);
  else members.push(member);
}
