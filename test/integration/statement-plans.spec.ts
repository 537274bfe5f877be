import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { editedStatement } from '../support/edited-statement.js';
import {
  CLAIM_BY_ID,
  COMPLETE,
  gatherMaterial,
  HOT_STATEMENTS,
  NO_MATERIAL,
  RESCUE,
  SETTLE,
  type HotStatement,
  type Material,
} from '../support/plans/hot-statements.js';
import {
  BUSY_LEDGER,
  IDLE_LEDGER,
  LEDGER_PASTS,
  NEW_LEDGER,
  type LedgerPast,
} from '../support/plans/ledger-pasts.js';
import { buffersPerRow, faultsOf } from '../support/plans/plan-check.js';
import { PlanLab, type PlanMode } from '../support/plans/plan-lab.js';
import { PLANNER_SETTINGS } from '../../lib/ledger/planner-settings.js';

const MODES: readonly PlanMode[] = ['planned once', 'planned at each call'];
const FEW = 50;
const MANY = 500;
const MOST_BUFFERS_PER_ROW = 50;
const PREPARATION_MS = 180_000;

const cases = HOT_STATEMENTS.map((statement) => [statement.template.name, statement] as const);
const batches = cases.filter(([, { isBatch }]) => isBatch);

/** A ledger with its past, and jobs to call the statements with. */
interface Stage {
  readonly lab: PlanLab;
  readonly material: Material;
}

const stages = new Map<LedgerPast, Promise<Stage>>();

/** Made once, because 200,000 rows take their time; the statements take back what they do. */
function stageOf(past: LedgerPast): Promise<Stage> {
  const stage = stages.get(past) ?? open(past);
  stages.set(past, stage);
  return stage;
}

async function open(past: LedgerPast): Promise<Stage> {
  const lab = await PlanLab.open(inject('databaseUrl'));
  await past.begin(lab);
  if (past === NEW_LEDGER) early = await openEarly(lab);
  await past.goOn(lab);
  return { lab, material: await gatherMaterial(lab, MANY) };
}

/** A statement without what protects it from a plan that was made too early. */
const careless = variant(SETTLE, 'carelessly', 'job.id = any (array[run.id])', 'job.id = run.id');

/** A connection whose plans were made while the table was empty. */
let early: PlanLab | undefined;

async function openEarly(lab: PlanLab): Promise<PlanLab> {
  const connection = await lab.join();
  await connection.set({ plan_cache_mode: 'force_generic_plan' });
  await connection.plan(careless.template, careless.values(1, NO_MATERIAL));
  await connection.set(PLANNER_SETTINGS);
  for (const { template, values } of HOT_STATEMENTS) await connection.plan(template, values(1, NO_MATERIAL));
  return connection;
}

afterAll(async () => {
  await early?.close();
  for (const stage of stages.values()) await (await stage).lab.remove();
});

// First of all: what others do to their tables in the meantime can make PostgreSQL forget plans.
describe('on a connection that was opened when the table was empty', () => {
  let lab: PlanLab;
  let material: Material;

  beforeAll(async () => {
    ({ material } = await stageOf(NEW_LEDGER));
    if (early === undefined) throw new Error('The early connection is missing.');
    lab = early;
  }, PREPARATION_MS);

  it('is seen by the check when a statement reads the whole table', async () => {
    // PostgreSQL makes a plan anew whenever others change many tables at once; this one must be a bad one then, too.
    await lab.set({ enable_indexscan: 'off', enable_bitmapscan: 'off', enable_seqscan: 'on' });
    try {
      expect(await faultsOf(lab, careless, MANY, material)).toContain('reads kyu_jobs from end to end');
    } finally {
      await lab.set({ enable_indexscan: 'on', enable_bitmapscan: 'on', ...PLANNER_SETTINGS });
    }
  });

  it.each(cases)('%s keeps a plan that is right when the table has grown', async (_, statement) => {
    expect(await faultsOf(lab, statement, MANY, material)).toEqual([]);
  });

  it.each(batches)('%s still costs in proportion to its rows', async (_, statement) => {
    expect(await buffersPerRow(lab, statement, MANY, material)).toBeLessThanOrEqual(MOST_BUFFERS_PER_ROW);
  });
});

describe.each(LEDGER_PASTS)('with the statistics of $name', (past) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await stageOf(past);
  }, PREPARATION_MS);

  describe.each(MODES)('%s', (mode) => {
    beforeAll(() => stage.lab.use(mode));

    it.each(cases)('%s goes along the index that its header names', async (_, statement) => {
      expect(await faultsOf(stage.lab, statement, MANY, stage.material)).toEqual([]);
    });
  });

  it.each(batches)('%s costs in proportion to its rows', async (_, statement) => {
    await stage.lab.use('planned once');
    const few = await buffersPerRow(stage.lab, statement, FEW, stage.material);
    const many = await buffersPerRow(stage.lab, statement, MANY, stage.material);
    expect(many).toBeLessThanOrEqual(MOST_BUFFERS_PER_ROW);
    expect(many).toBeLessThanOrEqual(few * 1.5);
  });

  it.each([
    ['claim-jobs-by-id', CLAIM_BY_ID],
    ['complete-runs', COMPLETE],
    ['settle-runs', SETTLE],
  ])('%s does so without named statements as well', async (_, statement) => {
    await stage.lab.use('planned at each call');
    const many = await buffersPerRow(stage.lab, statement, MANY, stage.material);
    expect(many).toBeLessThanOrEqual(MOST_BUFFERS_PER_ROW);
  });
});

describe('the check sees a statement that leads the planner astray', () => {
  it('a claim that is guarded by the plain status, after idle times', async () => {
    const { lab, material } = await stageOf(IDLE_LEDGER);
    await lab.use('planned at each call');
    const claim = variant(CLAIM_BY_ID, 'by status', "coalesce(status, '') = 'pending'", "status = 'pending'");
    expect(await faultsOf(lab, claim, FEW, material)).toContain('uses kyu_jobs_ready');
    expect(await buffersPerRow(lab, claim, FEW, material)).toBeGreaterThan(MOST_BUFFERS_PER_ROW);
  });

  it('a settle that is guarded by the status, after idle times', async () => {
    const { lab, material } = await stageOf(IDLE_LEDGER);
    await lab.use('planned at each call');
    const byWorker = 'job.locked_by = run.worker_id';
    const settle = variant(SETTLE, 'by status', byWorker, `${byWorker} and job.status = 'running'`);
    expect(await faultsOf(lab, settle, FEW, material)).toContain('uses kyu_jobs_running');
    expect(await buffersPerRow(lab, settle, FEW, material)).toBeGreaterThan(MOST_BUFFERS_PER_ROW);
  });

  it('a rescue in the order of ids, after busy times', async () => {
    const { lab, material } = await stageOf(BUSY_LEDGER);
    await lab.use('planned at each call');
    const rescue = variant(RESCUE, 'by id', 'order by job.locked_by', 'order by job.id');
    expect(await faultsOf(lab, rescue, FEW, material)).toContain('does not use kyu_jobs_running');
  });
});

function variant(statement: HotStatement, flaw: string, remove: string, insert: string): HotStatement {
  return { ...statement, template: editedStatement(statement.template, flaw, remove, insert) };
}
