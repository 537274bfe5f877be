import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

/** Everything that the environment may say to the shop desk. A missing variable means the default. */
export const settingsSchema = z.object({
  DATABASE_URL: z.string().default('postgres://postgres@127.0.0.1:5432/postgres'),
  /** Empty: no Redis, PostgreSQL hands out the jobs as well. */
  REDIS_URL: z.string().default(''),
  /** Where it comes from a secret of its own; empty: what the URL says. */
  REDIS_PASSWORD: z.string().default(''),
  /** `producer`: this process enqueues and runs nothing. */
  KYU_ROLE: z.literal('producer').optional(),
  KYU_WORKERS: z.coerce.number().int().positive().default(20),
  MAIL_CONCURRENCY: z.coerce.number().int().positive().default(10),
  /** Where a worker process shows its metrics; 0: nowhere. */
  METRICS_PORT: port.default(0),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
  /** Who may see the dashboard; without a password nobody in production, and everybody elsewhere. */
  DASHBOARD_USER: z.string().default('kyu'),
  DASHBOARD_PASSWORD: z.string().default(''),
  SMTP_URL: z.string().default('smtp://127.0.0.1:2525'),
  PAYMENTS_URL: z.string().default('http://127.0.0.1:4242'),
  REPORT_FOLDER: z.string().default('.kyu/reports'),
  /** Where traces go, such as `http://127.0.0.1:4318`; empty: nowhere. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().default(''),
  OTEL_SERVICE_NAME: z.string().default('shop-desk'),
});

export type Settings = z.infer<typeof settingsSchema>;

/** Where Redis is, with its password; `false`: there is none. */
export function redisOf({ REDIS_PASSWORD, REDIS_URL }: Pick<Settings, 'REDIS_PASSWORD' | 'REDIS_URL'>) {
  if (REDIS_URL === '') return false;
  if (REDIS_PASSWORD === '') return REDIS_URL;
  const url = new URL(REDIS_URL);
  url.password = REDIS_PASSWORD;
  return url.href;
}
