import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { InvalidQueryError } from '../core/errors.js';
import { parseDuration, type Duration } from '../core/duration.js';
import { describeValue } from '../core/redact.js';
import type { HealthFinding } from './health-findings.js';
import { HealthReader } from './health-reader.js';

/** What counts as a backlog. */
export interface BacklogLimit {
  /** A pending job may be that old. Default 5 min. */
  oldestPending?: Duration;
}

const DEFAULT_OLDEST_PENDING = '5m';

/**
 * Kyu's health for Terminus. `degraded` keeps the HTTP status 200, `down` makes it 503.
 *
 * For a readiness probe use `isHealthy`, which is down while the process drains. For a liveness probe use none of these:
 * a database that is away is no reason to restart the process.
 *
 * @example
 * ```ts
 * return this.health.check([() => this.kyu.isHealthy('kyu')]);
 * ```
 */
@Injectable()
export class KyuHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly reader: HealthReader,
  ) {}

  /**
   * Ledger, dispatcher, workers and backlog together: as bad as the worst of them, each with its own finding.
   *
   * @throws InvalidQueryError when the limit is no duration.
   */
  async isHealthy<const Key extends string>(
    key: Key,
    limit: BacklogLimit = {},
  ): Promise<HealthIndicatorResult<Key>> {
    return this.result(key, await this.reader.overall(limitMsOf(limit)));
  }

  /** Down when PostgreSQL does not answer within a second. */
  async ledger<const Key extends string>(key: Key): Promise<HealthIndicatorResult<Key>> {
    return this.result(key, await this.reader.ledger());
  }

  /** Degraded, never down, while Redis is away: the jobs come from PostgreSQL then. */
  async dispatcher<const Key extends string>(key: Key): Promise<HealthIndicatorResult<Key>> {
    return this.result(key, this.reader.dispatcher());
  }

  /** Degraded when a queue has pending jobs and no live worker anywhere; down, with `draining`, during a shutdown. */
  async workers<const Key extends string>(key: Key): Promise<HealthIndicatorResult<Key>> {
    return this.result(key, await this.reader.workers());
  }

  /**
   * Degraded when the oldest pending job is older than the limit (default 5 min).
   *
   * @throws InvalidQueryError when the limit is no duration.
   */
  async backlog<const Key extends string>(
    key: Key,
    limit: BacklogLimit = {},
  ): Promise<HealthIndicatorResult<Key>> {
    return this.result(key, await this.reader.backlog(limitMsOf(limit)));
  }

  private result<Key extends string>(key: Key, finding: HealthFinding): HealthIndicatorResult<Key> {
    const { status, ...facts } = finding;
    const session = this.indicators.check(key);
    if (status === 'up') return session.up(facts);
    return status === 'degraded' ? session.degraded(facts) : session.down(facts);
  }
}

function limitMsOf({ oldestPending = DEFAULT_OLDEST_PENDING }: BacklogLimit): number {
  const limitMs = parseDuration(oldestPending);
  if (limitMs === undefined) {
    throw new InvalidQueryError('oldestPending', describeValue(oldestPending), "ms or text such as '5m'");
  }
  return limitMs;
}
