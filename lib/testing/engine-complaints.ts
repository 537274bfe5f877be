import type { Claim } from '../core/claim.js';
import { formatDuration } from '../core/duration.js';

const MOST_NAMED = 5;

/** More runs than any test means: a job that brings itself back. */
export function endlessLoop(call: string, maxRuns: number, starts: readonly [string, number][]): Error {
  const types = starts.slice(0, MOST_NAMED).map(([type, runs]) => `${runs} × "${type}"`);
  return new Error(
    `${call} ran ${maxRuns} jobs and more are due: ${types.join(', ')}. Does a handler enqueue its own type, or ` +
      'snooze or back off without a delay? If so many runs are meant, raise maxRuns.',
  );
}

/** Handlers that wait for something which does not happen while time stands still. */
export function nothingEnds(call: string, patienceMs: number, underWay: readonly Claim[]): Error {
  const jobs = underWay.slice(0, MOST_NAMED).map(({ type, id, run }) => `"${type}" (job ${id}, run ${run})`);
  const hidden = underWay.length > jobs.length ? `, and ${underWay.length - jobs.length} more` : '';
  const what =
    jobs.length > 0 ? `still under way: ${jobs.join(', ')}${hidden}` : 'due, but taken by no worker';
  return new Error(
    `${call} waited ${formatDuration(patienceMs)} of real time in which nothing happened; ${what}. ` +
      'If a handler waits for its timeout, use advance(): in drain() virtual time stands still. ' +
      'If it does work that takes longer, give more patience.',
  );
}
