/** What a process of a fault test is told by its environment. */
export interface ProcessSettings {
  readonly dsn: string;
  /** `false` = PostgreSQL alone. */
  readonly redis: string | false;
  readonly schema: string;
  readonly queue: string;
  readonly workers: number;
  readonly leaseMs: number;
  readonly beatMs: number;
  readonly graceMs: number;
  /** Where its events go. */
  readonly eventFile: string;
}

const PREFIX = 'KYU_FAULT_';

/** The variables of `settings`; the other half of `readSettings`. */
export function toEnvironment(settings: ProcessSettings): Record<string, string> {
  return {
    [`${PREFIX}DSN`]: settings.dsn,
    [`${PREFIX}REDIS`]: settings.redis === false ? '' : settings.redis,
    [`${PREFIX}SCHEMA`]: settings.schema,
    [`${PREFIX}QUEUE`]: settings.queue,
    [`${PREFIX}WORKERS`]: String(settings.workers),
    [`${PREFIX}LEASE_MS`]: String(settings.leaseMs),
    [`${PREFIX}BEAT_MS`]: String(settings.beatMs),
    [`${PREFIX}GRACE_MS`]: String(settings.graceMs),
    [`${PREFIX}EVENTS`]: settings.eventFile,
  };
}

/** @throws when a variable is missing: a process with half of its settings would test something else. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): ProcessSettings {
  const text = (name: string): string => {
    const value = environment[`${PREFIX}${name}`];
    if (value === undefined) throw new Error(`${PREFIX}${name} is not set.`);
    return value;
  };
  const count = (name: string): number => {
    const value = Number(text(name));
    if (!Number.isFinite(value)) throw new Error(`${PREFIX}${name} is "${text(name)}", no number.`);
    return value;
  };
  return {
    dsn: text('DSN'),
    redis: text('REDIS') === '' ? false : text('REDIS'),
    schema: text('SCHEMA'),
    queue: text('QUEUE'),
    workers: count('WORKERS'),
    leaseMs: count('LEASE_MS'),
    beatMs: count('BEAT_MS'),
    graceMs: count('GRACE_MS'),
    eventFile: text('EVENTS'),
  };
}
