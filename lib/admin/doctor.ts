import { InvalidQueryError } from '../core/errors.js';
import type { Finding, FindingCode, FixResult } from '../core/finding.js';
import type { Clock } from '../core/ports/clock.js';
import type { DispatcherSurvey } from '../core/ports/dispatcher.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import type { LivingGroup } from '../core/ports/traffic-readings.js';
import { describeValue } from '../core/redact.js';
import { refuseUnknownKeys } from './argument-readers.js';
import { dispatchFindings, ledgerFindings, schemaFindings, workFindings } from './doctor-findings.js';
import { newEntry, OPERATOR_KEYS, readOperator, type OperatorOptions } from './operator-options.js';
import type { Dispatching } from './problems.js';

/** What the doctor works with. */
export interface DoctorParts<Transaction> {
  readonly operator: OperatorDoors<Transaction>;
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>;
  readonly queues: readonly string[];
  readonly dispatching: () => Dispatching;
  /** What the dispatcher holds; nothing when there is none to ask. */
  readonly survey: (queue: string, types: readonly string[]) => Promise<DispatcherSurvey | undefined>;
  readonly newEntryId: () => string;
  /** Tells the dispatcher everything that it should know of a queue; answers how much it did not. */
  readonly rebuildQueue: (queue: string) => Promise<number>;
  /** Takes back the jobs of workers that are known to be dead. */
  readonly rescue: (queues: readonly string[]) => Promise<number>;
}

/** What a rebuild came to. */
export interface RebuildResult {
  readonly queues: readonly {
    readonly queue: string;
    /** Jobs that the dispatcher did not know of. */
    readonly added: number;
  }[];
}

/** Finds what is wrong with the stores, and mends what can be mended without harm. */
export class Doctor<Transaction> {
  constructor(private readonly parts: DoctorParts<Transaction>) {}

  async examine(): Promise<Finding[]> {
    const { operator, clock, dispatching } = this.parts;
    const schema = await operator.examination.schema();
    const begun = clock.monotonicMs();
    const vitals = await operator.examination.vitals();
    const tookMs = clock.monotonicMs() - begun;
    const skewMs = clock.nowMs() - tookMs / 2 - vitals.nowMs;
    const { groups } = await operator.traffic.standing();
    const surveys = await this.surveys(groups);
    const found = [
      ...schemaFindings(schema),
      ...workFindings(vitals, groups),
      ...dispatchFindings(dispatching(), groups, surveys),
      ...ledgerFindings(vitals, skewMs, tookMs),
    ];
    return found.sort(
      (left, right) => SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity),
    );
  }

  async fix(code: FindingCode, options: OperatorOptions<Transaction>): Promise<FixResult> {
    refuseUnknownKeys('options', options, OPERATOR_KEYS);
    const mend = Object.hasOwn(this.remedies, code) ? this.remedies[code] : undefined;
    if (mend === undefined) {
      const allowed = `one of ${Object.keys(this.remedies).join(', ')}; the others need somebody who decides`;
      throw new InvalidQueryError('code', describeValue(code), allowed);
    }
    const done = await mend();
    await this.record('fix', { code, done }, options);
    return { code, done };
  }

  async rebuild(options: OperatorOptions<Transaction>): Promise<RebuildResult> {
    refuseUnknownKeys('options', options, OPERATOR_KEYS);
    const result = await this.rebuildAll();
    await this.record('rebuild', result, options);
    return result;
  }

  private readonly remedies: Partial<Record<FindingCode, () => Promise<string[]>>> = {
    'index-missing': () => this.repairIndexes(),
    'index-invalid': () => this.repairIndexes(),
    'redis-behind': () => this.rebuildInWords(),
    'redis-ahead': () => this.rebuildInWords(),
    'redis-forgot': () => this.rebuildInWords(),
    'orphaned-jobs': async () => {
      const { orphans } = await this.parts.operator.examination.vitals();
      const rescued = await this.parts.rescue(orphans.map(({ queue }) => queue));
      return [`took back ${rescued} jobs of workers that are known to be dead`];
    },
  };

  private async repairIndexes(): Promise<string[]> {
    const names = await this.parts.operator.examination.repairIndexes();
    return names.map((name) => `made the index ${name}`);
  }

  private async rebuildInWords(): Promise<string[]> {
    const { queues } = await this.rebuildAll();
    return queues.map(({ queue, added }) => `told Redis of ${added} jobs of the queue "${queue}"`);
  }

  private async rebuildAll(): Promise<RebuildResult> {
    const { groups } = await this.parts.operator.traffic.standing();
    const names = [...new Set([...this.parts.queues, ...groups.map(({ queue }) => queue)])].sort();
    const queues: { queue: string; added: number }[] = [];
    for (const queue of names) queues.push({ queue, added: await this.parts.rebuildQueue(queue) });
    return { queues };
  }

  private async surveys(groups: readonly LivingGroup[]): Promise<Map<string, DispatcherSurvey>> {
    const surveys = new Map<string, DispatcherSurvey>();
    for (const queue of new Set(groups.map((group) => group.queue))) {
      const types = groups.flatMap((group) => (group.queue === queue ? [group.type] : []));
      const survey = await this.parts.survey(queue, types);
      if (survey !== undefined) surveys.set(queue, survey);
    }
    return surveys;
  }

  private async record(
    action: 'fix' | 'rebuild',
    selection: object,
    options: OperatorOptions<Transaction>,
  ): Promise<void> {
    const { transactions, audit } = this.parts.operator;
    const entry = newEntry(this.parts.newEntryId(), action, readOperator(options));
    await transactions.within(options.manager, (manager) =>
      audit.record({ ...entry, selection: JSON.stringify(selection) }, manager),
    );
  }
}

const SEVERITIES: readonly Finding['severity'][] = ['critical', 'warning', 'note'];
