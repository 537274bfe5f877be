import { readFile } from 'node:fs/promises';
import { headerOf, indexesNamedIn } from '../sources/statement-header.js';
import type { HotStatement, Material } from './hot-statements.js';
import type { PlanLab } from './plan-lab.js';

/** A statement that finds its rows by a key has none of these; one that compares everything with everything, many. */
const MOST_COMPARISONS_PER_ROW = 100;
const STATEMENTS = new URL('../../../lib/ledger/statements/', import.meta.url);

/** What is wrong with the way in which PostgreSQL runs a statement, compared with what its header says. */
export async function faultsOf(
  lab: PlanLab,
  statement: HotStatement,
  rows: number,
  material: Material,
): Promise<string[]> {
  const promised = await promisedIndexes(statement.template.name);
  const plan = await lab.explain(statement.template, statement.values(rows, material));
  const unused = (promised ?? []).filter((index) => !plan.indexes.includes(index));
  // The row itself is always found by its key; any other index is a way that nobody meant.
  const unmeant = plan.indexes.filter(
    (index) =>
      index.startsWith('kyu_jobs_') && index !== 'kyu_jobs_pkey' && promised?.includes(index) !== true,
  );
  return [
    ...(promised === undefined ? ['the header names no index, and does not say that there is none'] : []),
    ...unused.map((index) => `does not use ${index}`),
    ...unmeant.map((index) => `uses ${index}`),
    ...plan.sequentialScans
      .filter((table) => table === 'kyu_jobs' || table === 'kyu_workers')
      .map((table) => `reads ${table} from end to end`),
    ...(plan.comparisonsInVain > rows * MOST_COMPARISONS_PER_ROW
      ? ['compares its rows with all others']
      : []),
  ];
}

/** Pages looked at per row that the statement answers or writes. */
export async function buffersPerRow(
  lab: PlanLab,
  statement: HotStatement,
  rows: number,
  material: Material,
): Promise<number> {
  const values = statement.values(rows, material);
  // The first reader behind a great change marks dead index entries, at its own cost and once.
  await lab.explain(statement.template, values);
  const plan = await lab.explain(statement.template, values);
  if (plan.rows < rows) throw new Error(`${statement.template.name} came to ${plan.rows} rows of ${rows}.`);
  return plan.buffers / plan.rows;
}

async function promisedIndexes(name: string): Promise<string[] | undefined> {
  // A variant's name ends in what is wrong with it; the header is that of the original.
  const source = await readFile(new URL(`${name.replace(/ .*/, '')}.sql.ts`, STATEMENTS), 'utf8');
  const header = headerOf(source);
  const named = indexesNamedIn(header);
  return named.length > 0 || /\bIndex: none\b/.test(header) ? named : undefined;
}
