import { fillSchedules, fillWorkers, insertJobs, turnJobsInto, type StatusCounts } from './ledger-filling.js';
import type { PlanLab } from './plan-lab.js';

/** How many jobs the table holds when the statements run. */
export const JOB_COUNT = 200_000;

/** What happened to a ledger between its last ANALYZE and now. */
export interface LedgerPast {
  readonly name: string;
  /** Jobs per status when the statements run; the others are completed. */
  readonly live: StatusCounts;
  /** Until the ANALYZE, and with it. */
  readonly begin: (lab: PlanLab) => Promise<void>;
  /** What nobody told the planner about. */
  readonly goOn: (lab: PlanLab) => Promise<void>;
}

const NOTHING: StatusCounts = { pending: 0, running: 0, scheduled: 0, failed: 0, dead: 0 };
const LITTLE: StatusCounts = { pending: 3_000, running: 1_200, scheduled: 1_500, failed: 1_500, dead: 500 };
const MUCH: StatusCounts = {
  pending: 110_000,
  running: 20_000,
  scheduled: 20_000,
  failed: 20_000,
  dead: 10_000,
};
const EARLIER: StatusCounts = {
  pending: 10_000,
  running: 10_000,
  scheduled: 5_000,
  failed: 5_000,
  dead: 10_000,
};

export const NEW_LEDGER: LedgerPast = {
  name: 'a table that was empty',
  live: MUCH,
  async begin(lab) {
    await fillWorkers(lab);
    await fillSchedules(lab);
    await analyse(lab);
  },
  goOn: (lab) => insertJobs(lab, 0, JOB_COUNT, MUCH),
};

/** The trap that was measured: indexes that have pages and, as far as the planner knows, not one entry. */
export const IDLE_LEDGER: LedgerPast = {
  name: 'a table where every job was completed',
  live: MUCH,
  async begin(lab) {
    await fillWorkers(lab);
    await fillSchedules(lab);
    await insertJobs(lab, 0, 40_000, EARLIER);
    await turnJobsInto(lab, NOTHING);
    await analyse(lab);
  },
  goOn: (lab) => insertJobs(lab, 40_000, JOB_COUNT - 40_000, MUCH),
};

export const BUSY_LEDGER: LedgerPast = {
  name: 'a backlog of everything, which is gone',
  live: LITTLE,
  async begin(lab) {
    await fillWorkers(lab);
    await fillSchedules(lab);
    await insertJobs(lab, 0, JOB_COUNT, MUCH);
    await analyse(lab);
  },
  goOn: (lab) => turnJobsInto(lab, LITTLE),
};

export const FLOODED_LEDGER: LedgerPast = {
  name: 'a backlog of pending jobs alone, which is gone',
  live: LITTLE,
  async begin(lab) {
    await fillWorkers(lab);
    await fillSchedules(lab);
    await insertJobs(lab, 0, JOB_COUNT, { ...NOTHING, pending: JOB_COUNT });
    await analyse(lab);
  },
  goOn: (lab) => turnJobsInto(lab, LITTLE),
};

export const LEDGER_PASTS: readonly LedgerPast[] = [NEW_LEDGER, IDLE_LEDGER, BUSY_LEDGER, FLOODED_LEDGER];

/** VACUUM as well: it is what tells the planner how many entries an index has. */
async function analyse(lab: PlanLab): Promise<void> {
  await lab.run(`vacuum (analyze) ${lab.book.tables.jobs}`);
}
