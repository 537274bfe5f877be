import { type JobContext, JobHandler } from 'nestjs-kyu';
import type { KyuDashboardOptions } from 'nestjs-kyu/dashboard';
import { openDashboardApp, type DashboardApp } from '../../support/dashboard/dashboard-app.js';
import { RecordingLogger } from '../../support/observability/recording-logger.js';

/** The schema that every file of these tests looks at. */
export const SCHEMA = 'kyu_browser';
export const MOUNT = '/admin/kyu';

/** What the world outside of the application does; the tests make and mend the trouble here. */
export const outside = { mailServerIsDown: false };

class Shop {
  @JobHandler('send_receipt', { queue: 'mail', maxRetries: 0 })
  sendReceipt(): string {
    if (outside.mailServerIsDown) {
      throw Object.assign(new Error('connect ECONNREFUSED 10.9.8.7:25'), { name: 'MailServerDown' });
    }
    return 'sent';
  }

  @JobHandler('count_stock', { queue: 'stock', maxRetries: 0 })
  async countStock(_payload: unknown, job: JobContext): Promise<string> {
    await job.progress(40, 'shelf 4 of 10');
    return 'counted';
  }

  @JobHandler('wait_for_stop', { queue: 'stock', maxRetries: 0 })
  waitForStop(_payload: unknown, job: JobContext): Promise<void> {
    return new Promise((_resolve, reject) => {
      job.signal.addEventListener('abort', () => reject(job.signal.reason as Error));
    });
  }
}

/** The shop on the filled ledger, with its dashboard. */
export function openShop(
  databaseUrl: string,
  redisUrl: string,
  dashboard: KyuDashboardOptions = {},
): Promise<DashboardApp> {
  return openDashboardApp({
    adapter: 'express',
    providers: [Shop],
    kyu: {
      dsn: databaseUrl,
      redis: redisUrl,
      schema: SCHEMA,
      migrationsRun: true,
      queueName: 'stock',
      // It has no handler for what waits in the others.
      queues: { stock: 1, mail: 1, payments: 1, reports: 1, media: 1, exports: 1 },
      pollInterval: '1h',
      shutdownGrace: '2s',
      lease: { watchdog: false },
      logger: new RecordingLogger(),
      schedules: [
        { name: 'nightly-count', cron: '30 2 * * *', timezone: 'Europe/Zurich', type: 'count_stock' },
      ],
    },
    dashboard: { path: MOUNT.slice(1), ...dashboard },
  });
}
