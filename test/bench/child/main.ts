import { answerTo } from './answer-to.js';
import type { ChildWord, StageRequest } from './protocol.js';
import { StageTable } from './stage-table.js';

/** One contestant in a process of its own. The harness asks for one stage after the other, and ends it. */
const say = (word: ChildWord): void => void process.send?.(word);
const table = new StageTable((progress) => say({ kind: 'progress', progress }));

process.on('message', (request: StageRequest) => void answerTo(table, request).then(say));
// A harness that is gone must not leave its children behind.
process.once('disconnect', () => process.exit(1));
