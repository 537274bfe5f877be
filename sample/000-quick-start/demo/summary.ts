import { pathToFileURL } from 'node:url';
import type { DeskResult } from '../outside/order-desk.js';
import type { Accounting, OutsideCounts } from './accounting.js';
import type { Fault } from './chaos/fault.js';
import type { DeathCause, JobTypeFigures, LedgerFigures } from './ledger-figures.js';
import { count, countOf } from './readable.js';
import type { Screen } from './screen.js';
import { textTable } from './text-table.js';

export interface SummaryFacts {
  ledger: LedgerFigures;
  outside: OutsideCounts;
  desk: DeskResult;
  /** Empty without --chaos. */
  faults: readonly Fault[];
  accounting: Accounting;
}

const MOST_BAD_LINES = 5;
const LONGEST_ERROR = 120;

/** Tells what became of everything. */
export function showSummary(screen: Screen, facts: SummaryFacts): void {
  const { accounting, desk, faults, ledger, outside } = facts;
  const [head = '', ...body] = textTable(jobRows(ledger));
  screen.say();
  screen.say(screen.styled('bold', head));
  for (const line of body) screen.say(line);
  screen.say();
  sayFacts(screen, 'input', inputLines(desk));
  sayFacts(screen, 'letters', [letterLine(outside)]);
  sayFacts(screen, 'charges', [chargeLine(outside)]);
  sayFacts(screen, 'dead', ledger.causes.map(causeLine));
  sayFacts(screen, 'faults', [...faults.map(faultLine), ...rescueLines(ledger)]);
  sayFacts(screen, 'report', [reportLine(ledger)]);
  showAccounting(screen, ledger, accounting);
}

function sayFacts(screen: Screen, name: string, lines: readonly string[]): void {
  for (const [index, line] of lines.entries()) screen.say(`${(index === 0 ? name : '').padEnd(9)}${line}`);
}

function jobRows({ jobTypes, all }: LedgerFigures): string[][] {
  const heads = ['job type', 'enqueued', 'completed', 'dead', 'retried', 'runs', 'time', 'jobs/s'];
  return [heads, ...jobTypes.map(jobRow), jobRow(all)];
}

function jobRow(figures: JobTypeFigures): string[] {
  const { jobType, enqueued, completed, dead, retried, runs, seconds } = figures;
  const pace = seconds > 0 ? ((completed + dead) / seconds).toFixed(1) : '-';
  return [jobType, ...[enqueued, completed, dead, retried, runs].map(count), `${seconds.toFixed(1)} s`, pace];
}

function inputLines({ badLines, knownBefore, placed }: DeskResult): string[] {
  const known = knownBefore === 0 ? '' : `, ${count(knownBefore)} that the shop had before`;
  const head = `${countOf(placed, 'order')} placed${known}, ${countOf(badLines.length, 'bad line')} skipped`;
  const lines = badLines
    .slice(0, MOST_BAD_LINES)
    .map(({ lineNumber, reason }) => `line ${lineNumber}: ${reason}`);
  if (badLines.length > MOST_BAD_LINES) lines.push(`... and ${badLines.length - MOST_BAD_LINES} more`);
  return [head, ...lines];
}

function letterLine({ letters }: OutsideCounts): string {
  const { accepted, refused, repeated } = letters;
  return `${count(accepted - repeated)} delivered, ${count(repeated)} of them twice, ${count(refused)} refused`;
}

function chargeLine({ charges }: OutsideCounts): string {
  const { charged, chargedTwice, refused, repeated, unavailable } = charges;
  const taken = `${count(charged)} taken, ${countOf(chargedTwice, 'order')} charged twice`;
  const seen = `${countOf(repeated, 'repeat')}, ${countOf(unavailable, 'hiccup')}, ${countOf(refused, 'refusal')}`;
  return `${taken}; the gateway saw ${seen}`;
}

function causeLine({ error, jobs, jobType }: DeathCause): string {
  const [firstLine = ''] = error.split('\n');
  const text = firstLine.length > LONGEST_ERROR ? `${firstLine.slice(0, LONGEST_ERROR)}...` : firstLine;
  return `${count(jobs)} x ${jobType}, such as: ${text}`;
}

function faultLine({ didHit, hit, name }: Fault): string {
  return `${name}: ${hit}${didHit ? '' : ' (it hit nothing: the work was over; try a longer file of orders)'}`;
}

function rescueLines({ all }: LedgerFigures): string[] {
  return all.crashedRuns === 0 ? [] : [`${countOf(all.crashedRuns, 'run')} taken back from a dead worker`];
}

function reportLine({ reportFiles: [file] }: LedgerFigures): string {
  return file === undefined ? 'none' : pathToFileURL(file).href;
}

function showAccounting(screen: Screen, { all }: LedgerFigures, accounting: Accounting): void {
  const { lost, problems, unexplained } = accounting;
  const sum = `${count(all.enqueued)} enqueued = ${count(all.completed)} completed + ${count(all.dead)} dead`;
  const verdict = `${count(lost)} lost, ${count(unexplained)} unexplained`;
  screen.say();
  if (problems.length === 0) {
    screen.say(screen.styled('green', `Every job is accounted for: ${sum}, ${verdict}.`));
    return;
  }
  screen.say(screen.styled('red', `The accounting is wrong: ${verdict}.`));
  for (const problem of problems) screen.say(`  ${problem}`);
}
