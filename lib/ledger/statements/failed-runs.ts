import { FAILED_OUTCOMES } from '../../core/ports/traffic-readings.js';

/** The condition of kyu_attempts_failed, word for word: otherwise the index cannot be used. */
export const FAILED_RUNS = `run.outcome in (${FAILED_OUTCOMES.map((outcome) => `'${outcome}'`).join(', ')})`;
