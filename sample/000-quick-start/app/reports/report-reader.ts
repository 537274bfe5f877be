import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type {
  DeadJob,
  JobTypeFigures,
  Pace,
  PaceColumn,
  ReportFigures,
  SalesFigures,
} from './report-figures.js';
import { DEAD_JOBS, JOB_TYPES, PACE, PACE_SPAN, SALES } from './report-queries.js';

const MOST_COLUMNS = 40;
const MOST_DEAD_JOBS = 100;

interface Span {
  takenAt: Date;
  startedAt: Date | null;
  seconds: number;
}

/** Reads the figures of a report from the ledger and from the orders. */
@Injectable()
export class ReportReader {
  constructor(private readonly dataSource: DataSource) {}

  /** All figures are of the same instant, even while the workers go on. */
  read(lastMinutes: number): Promise<ReportFigures> {
    return this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      const span = await readSpan(manager, lastMinutes);
      return {
        takenAt: span.takenAt,
        lastMinutes,
        jobTypes: await manager.query<JobTypeFigures[]>(JOB_TYPES, [lastMinutes]),
        sales: await manager.query<SalesFigures[]>(SALES, [lastMinutes]),
        pace: await readPace(manager, lastMinutes, span),
        deadJobs: await manager.query<DeadJob[]>(DEAD_JOBS, [lastMinutes, MOST_DEAD_JOBS]),
      };
    });
  }
}

async function readSpan(manager: EntityManager, lastMinutes: number): Promise<Span> {
  const [span] = await manager.query<[Span]>(PACE_SPAN, [lastMinutes]);
  return span;
}

async function readPace(manager: EntityManager, lastMinutes: number, span: Span): Promise<Pace> {
  if (span.startedAt === null) return { startedAt: null, columnSeconds: 1, columns: [] };
  const columnSeconds = Math.max(1, Math.ceil(span.seconds / MOST_COLUMNS));
  const columns = await manager.query<PaceColumn[]>(PACE, [lastMinutes, span.startedAt, columnSeconds]);
  return { startedAt: span.startedAt, columnSeconds, columns };
}
