import type { ChildWord, StageRequest } from './protocol.js';
import type { StageTable } from './stage-table.js';

/** Runs a stage and says what came of it. Never rejects. */
export async function answerTo(
  { stages }: StageTable,
  { id, stage, input }: StageRequest,
): Promise<ChildWord> {
  try {
    const run = stages[stage];
    if (run === undefined) throw new Error(`there is no stage "${stage}"`);
    return { kind: 'answer', id, answer: await run(input as never) };
  } catch (error) {
    return { kind: 'failed', id, error: describe(error) };
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.stack ?? error.message;
}
