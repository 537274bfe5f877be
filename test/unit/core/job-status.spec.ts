import { describe, expect, it } from 'vitest';
import {
  canMove,
  isFinal,
  isJobStatus,
  JOB_STATUSES,
  TRANSITIONS,
  type JobStatus,
} from '../../../lib/core/job-status.js';

/** Every step that a job may take; whatever is not in this list is forbidden. */
const ALLOWED: readonly (readonly [JobStatus, JobStatus])[] = [
  ['scheduled', 'pending'],
  ['scheduled', 'cancelled'],
  ['pending', 'running'],
  ['pending', 'cancelled'],
  ['pending', 'scheduled'],
  ['running', 'completed'],
  ['running', 'failed'],
  ['running', 'dead'],
  ['running', 'scheduled'],
  ['running', 'pending'],
  ['running', 'cancelled'],
  ['failed', 'pending'],
  ['failed', 'cancelled'],
  ['dead', 'pending'],
  ['cancelled', 'pending'],
];

const EVERY_STEP = JOB_STATUSES.flatMap((from) => JOB_STATUSES.map((to) => [from, to] as const));

describe('the life of a job', () => {
  it.each(EVERY_STEP)('%s to %s is allowed only where the table says so', (from, to) => {
    const allowed = ALLOWED.some((step) => step[0] === from && step[1] === to);
    expect(canMove(from, to)).toBe(allowed);
  });

  it('F74 names every status once, and nothing else', () => {
    expect(new Set(JOB_STATUSES).size).toBe(JOB_STATUSES.length);
    expect(Object.keys(TRANSITIONS).sort()).toEqual([...JOB_STATUSES].sort());
    const targets = Object.values(TRANSITIONS).flatMap((causes) => Object.values(causes).flat());
    expect(targets.every(isJobStatus)).toBe(true);
  });

  it.each(JOB_STATUSES)('%s is final exactly if only a redrive leads out of it', (status) => {
    const waysOut = Object.keys(TRANSITIONS[status]);
    expect(isFinal(status)).toBe(waysOut.every((cause) => cause === 'redrive'));
  });

  it('never brings a completed job back', () => {
    expect(JOB_STATUSES.filter((to) => canMove('completed', to))).toEqual([]);
  });

  it.each(['Pending', '', 'succeeded', 'constructor', '__proto__'])(
    'does not take "%s" for a status',
    (text) => {
      expect(isJobStatus(text)).toBe(false);
    },
  );
});
