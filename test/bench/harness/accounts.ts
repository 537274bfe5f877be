import type { AccountAnswer } from '../child/answers.js';
import type { Account } from './benchmark.js';

/** Whether every job that was enqueued has run once, and the store knows it. */
export function allProcessed(...answers: readonly AccountAnswer[]): Account {
  const { enqueued, handled, repeats } = total(answers);
  // One store, whoever asks: the first process was there before the first job.
  const store = answers[0]?.store;
  const complaints: string[] = [];
  expect(complaints, 'jobs that ran', handled, enqueued);
  expect(complaints, 'jobs that ran again', repeats, 0);
  expect(complaints, 'unfinished jobs in the store', store?.unfinished ?? 0, 0);
  expect(complaints, 'completed jobs in the store', store?.completed ?? enqueued, enqueued);
  expect(complaints, 'completed runs in the history', store?.attempts ?? enqueued, enqueued);
  return { jobs: enqueued, complaints };
}

/** Whether every job that was enqueued waits in the store. */
export function allWaiting(answer: AccountAnswer): Account {
  const { enqueued, handled } = answer.tally;
  const complaints: string[] = [];
  expect(complaints, 'jobs that ran', handled, 0);
  expect(complaints, 'unfinished jobs in the store', answer.store.unfinished, enqueued);
  return { jobs: enqueued, complaints };
}

/** An account that is one comparison. */
export function counted(what: string, found: number, expected: number): Account {
  const complaints: string[] = [];
  expect(complaints, what, found, expected);
  return { jobs: expected, complaints };
}

/** Several accounts as one. */
export function together(...accounts: readonly Account[]): Account {
  return {
    jobs: accounts.reduce((sum, { jobs }) => sum + jobs, 0),
    complaints: accounts.flatMap(({ complaints }) => complaints),
  };
}

function total(answers: readonly AccountAnswer[]) {
  const sum = (count: (answer: AccountAnswer) => number) =>
    answers.reduce((before, answer) => before + count(answer), 0);
  return {
    enqueued: sum(({ tally }) => tally.enqueued),
    handled: sum(({ tally }) => tally.handled),
    repeats: sum(({ tally }) => tally.repeats),
  };
}

function expect(complaints: string[], what: string, found: number, expected: number): void {
  if (found !== expected) complaints.push(`${what}: ${found} instead of ${expected}`);
}
