import { expect } from 'vitest';
import type { JobDraft } from '../../../lib/core/job.js';
import type { ScheduleLedger, TickStep } from '../../../lib/core/ports/schedule-ledger.js';
import type { DueSchedule } from '../../../lib/core/schedule-tick.js';
import type { ScheduleDefinition, ScheduleSource } from '../../../lib/core/schedule.js';
import { draftOf, QUEUE, type LedgerStage } from './ledger-stage.js';

export const APP = 'shop';
export const HOUR = 3_600_000;
export const ALL: readonly ScheduleSource[] = ['decorator', 'options', 'provider', 'dynamic'];

export function definitionOf(fields: Partial<ScheduleDefinition> = {}): ScheduleDefinition {
  return {
    name: 'digest',
    cron: '0 * * * *',
    timezone: 'Europe/Berlin',
    type: 'send_digest',
    queue: QUEUE,
    payload: '{"tenant":42}',
    options: { priority: 3 },
    missed: 'once',
    missedWindowMs: HOUR,
    overlap: 'allow',
    jitterMs: 0,
    source: 'dynamic',
    ...fields,
  };
}

/** What tests of the door for schedules do again and again. */
export function scheduleSteps<Transaction>(stageOf: () => LedgerStage<Transaction>) {
  const door = (): ScheduleLedger<Transaction> => stageOf().ledger.schedules;
  const wholeNow = async (): Promise<number> => Math.floor(await stageOf().ledger.nowMs());

  /** Written so that its tick comes in `inMs`. */
  async function write(fields: Partial<ScheduleDefinition> = {}, inMs = HOUR): Promise<number> {
    const firstTickMs = (await wholeNow()) + inMs;
    await door().upsert(APP, [{ definition: definitionOf(fields), firstTickMs }], ALL);
    return firstTickMs;
  }

  async function dueNow(declared: readonly string[] = []): Promise<DueSchedule[]> {
    return [...(await door().due(APP, declared, 100)).due];
  }

  function step(due: DueSchedule, fields: Partial<TickStep> & { draft?: Partial<JobDraft> } = {}): TickStep {
    const { draft, ...rest } = fields;
    const job = { tickMs: due.plannedMs, draft: draftOf({ type: due.type, ...draft }) };
    return {
      name: due.name,
      guard: due.guard,
      nextMs: due.plannedMs + HOUR,
      job,
      replaces: null,
      ...rest,
    };
  }

  /** The only schedule that is due. */
  async function theDue(): Promise<DueSchedule> {
    const [due, ...others] = await dueNow();
    expect(others).toEqual([]);
    if (due === undefined) throw new Error('no schedule is due');
    return due;
  }

  /** Fires the tick of the only schedule that is due, and answers the job. */
  async function fire(fields: Parameters<typeof step>[1] = {}): Promise<string> {
    const { fired } = await door().take(APP, [step(await theDue(), fields)]);
    const [job] = fired;
    if (job === undefined) throw new Error('the tick was not fired');
    return job.id;
  }

  return { door, dueNow, fire, step, theDue, wholeNow, write };
}
