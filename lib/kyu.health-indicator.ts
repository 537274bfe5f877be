import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { InvalidQueryError } from './core/errors.js';
import { parseDuration, type Duration } from './core/duration.js';
import { describeValue } from './core/redact.js';
import { tokenFor } from './kyu.tokens.js';
import type { HealthFinding } from './observability/health-findings.js';
import { HealthReader } from './observability/health-reader.js';

/** Whose health is asked for. */
export interface HealthOf {
  /** The Kyu instance. Default: the one without a name. */
  instance?: string;
}

/** What counts as a backlog, and whose. */
export interface BacklogLimit extends HealthOf {
  /** A pending job may be that old. Default 5 min. */
  oldestPending?: Duration;
}

const DEFAULT_OLDEST_PENDING = '5m';

/**
 * Kyu's health for Terminus, for every instance of the application. `degraded` keeps the HTTP status 200, `down` makes it 503.
 *
 * For a readiness probe use `isHealthy`, which is down while the process drains. For a liveness probe use none of these:
 * a database that is away is no reason to restart the process.
 *
 * @example
 * ```ts
 * return this.health.check([
 *   () => this.kyu.isHealthy('kyu'),
 *   () => this.kyu.isHealthy('reports', { instance: 'reports' }),
 * ]);
 * ```
 */
@Injectable()
export class KyuHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly moduleRef: ModuleRef,
  ) {}

  /**
   * Ledger, dispatcher, workers and backlog together: as bad as the worst of them, each with its own finding.
   *
   * @throws InvalidQueryError when the limit is no duration, or there is no such instance.
   */
  async isHealthy<const Key extends string>(
    key: Key,
    limit: BacklogLimit = {},
  ): Promise<HealthIndicatorResult<Key>> {
    return this.result(key, await this.readerOf(limit).overall(limitMsOf(limit)));
  }

  /** Down when PostgreSQL does not answer within a second. */
  async ledger<const Key extends string>(key: Key, of: HealthOf = {}): Promise<HealthIndicatorResult<Key>> {
    return this.result(key, await this.readerOf(of).ledger());
  }

  /** Degraded, never down, while Redis is away: the jobs come from PostgreSQL then. */
  async dispatcher<const Key extends string>(
    key: Key,
    of: HealthOf = {},
  ): Promise<HealthIndicatorResult<Key>> {
    return this.result(key, this.readerOf(of).dispatcher());
  }

  /** Degraded when a queue has pending jobs and no live worker anywhere; down, with `draining`, during a shutdown. */
  async workers<const Key extends string>(key: Key, of: HealthOf = {}): Promise<HealthIndicatorResult<Key>> {
    return this.result(key, await this.readerOf(of).workers());
  }

  /**
   * Degraded when the oldest pending job is older than the limit (default 5 min).
   *
   * @throws InvalidQueryError when the limit is no duration, or there is no such instance.
   */
  async backlog<const Key extends string>(
    key: Key,
    limit: BacklogLimit = {},
  ): Promise<HealthIndicatorResult<Key>> {
    return this.result(key, await this.readerOf(limit).backlog(limitMsOf(limit)));
  }

  private readerOf({ instance }: HealthOf): HealthReader {
    try {
      return this.moduleRef.get<HealthReader>(tokenFor(HealthReader, instance), { strict: false });
    } catch {
      const got = instance === undefined ? 'not given' : describeValue(instance);
      throw new InvalidQueryError('instance', got, 'the name of a KyuModule of this application');
    }
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
