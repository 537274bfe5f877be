import { afterAll, beforeEach } from 'vitest';
import { beginTrial } from './fair-trial.js';
import { forgetFigures, keepFigures } from './figures.js';

beforeEach(({ task }) => {
  const trialsBefore = task.result?.retryCount ?? 0;
  // What was measured in a trial that is run again is no figure of the run.
  if (trialsBefore > 0) forgetFigures();
  else keepFigures();
  beginTrial(trialsBefore);
});

afterAll(keepFigures);
