import { afterAll, beforeAll, beforeEach, type RunnerTask, type RunnerTestSuite } from 'vitest';
import { beginTrial, FAIR_TRIALS } from './fair-trial.js';
import { forgetFigures, keepFigures } from './fault/figures.js';

/** Here and not in the configuration, which knows no conditions. */
// oxlint-disable-next-line no-empty-pattern -- Vitest reads from the pattern that no fixture is wanted
beforeAll(({}, suite) => {
  allowTrials(suite.tasks);
});

beforeEach(({ task }) => {
  const trialsBefore = task.result?.retryCount ?? 0;
  // What was measured in a trial that is run again is no figure of the run.
  if (trialsBefore > 0) forgetFigures();
  else keepFigures();
  beginTrial(trialsBefore);
});

afterAll(keepFigures);

function allowTrials(tasks: RunnerTestSuite['tasks']): void {
  for (const task of tasks) {
    if (isSuite(task)) allowTrials(task.tasks);
    else task.retry = FAIR_TRIALS;
  }
}

function isSuite(task: RunnerTask): task is RunnerTestSuite {
  return task.type === 'suite';
}
