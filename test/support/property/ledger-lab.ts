import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { RunLedger } from '../../../lib/core/ports/run-ledger.js';
import { PostgresRunLedger } from '../../../lib/ledger/run-ledger.js';
import type { LedgerConnection } from '../../../lib/ledger/ledger-connection.js';
import type { StatementTemplate } from '../../../lib/ledger/statement.js';
import { openLedger, type PostgresSubject } from '../ledger/open-ledger.js';
import { auditFaults, LedgerAudit } from './ledger-audit.js';
import type { LedgerModel } from './ledger-model.js';
import { pictureOfLedger, pictureOfModel } from './ledger-picture.js';

/** A right statement, and the wrong one that takes its place. */
export type Replacement = readonly [right: StatementTemplate, wrong: StatementTemplate];

/** A real ledger whose every change is audited; on request with a statement that is wrong. */
export class LedgerLab {
  private constructor(
    readonly subject: PostgresSubject,
    readonly audit: LedgerAudit,
    readonly runs: RunLedger,
  ) {}

  static async open(...replacements: readonly Replacement[]): Promise<LedgerLab> {
    const subject = await openLedger();
    const audit = await LedgerAudit.install(subject);
    const runs = new PostgresRunLedger(withReplacements(subject.connection, replacements));
    return new LedgerLab(subject, audit, runs);
  }

  async clear(): Promise<void> {
    await this.subject.clear();
    await this.audit.clear();
  }

  close(): Promise<void> {
    return this.subject.close();
  }

  /** What the trail of this ledger tells against it. */
  async faults(): Promise<string[]> {
    return auditFaults(await this.audit.changes(), await this.audit.runs());
  }

  async expectToMatch(model: LedgerModel): Promise<void> {
    expect(await pictureOfLedger(this.subject)).toEqual(pictureOfModel(model));
  }

  newWorkerId(): string {
    return randomUUID();
  }
}

/** The connection with other statements; everything else about it is the same. */
function withReplacements(
  connection: LedgerConnection,
  replacements: readonly Replacement[],
): LedgerConnection {
  const wrong = new Map(replacements);
  const wrapped = Object.create(connection) as LedgerConnection;
  wrapped.queryRaw = (template, values) => connection.queryRaw(wrong.get(template) ?? template, values);
  return wrapped;
}
