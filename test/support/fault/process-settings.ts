import { isFlawName, type FlawName } from './flaw-names.js';

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
  /** Default: that of every user. */
  readonly pollMs?: number;
  /** What its time of day is ahead, and how much too fast its clocks run (0.02 = 2 %). Default: right. */
  readonly clock?: ClockFault;
  /** A defect that its engine has on purpose. */
  readonly flaw?: FlawName;
  /** Where its events go. */
  readonly eventFile: string;
}

/** What is wrong with the clocks of a process. */
export interface ClockFault {
  readonly offsetMs: number;
  readonly drift: number;
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
    [`${PREFIX}POLL_MS`]: String(settings.pollMs ?? ''),
    [`${PREFIX}CLOCK_OFFSET_MS`]: String(settings.clock?.offsetMs ?? 0),
    [`${PREFIX}CLOCK_DRIFT`]: String(settings.clock?.drift ?? 0),
    [`${PREFIX}FLAW`]: settings.flaw ?? '',
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
  const flaw = text('FLAW');
  if (flaw !== '' && !isFlawName(flaw)) throw new Error(`${PREFIX}FLAW is "${flaw}", no flaw.`);
  return {
    ...(text('POLL_MS') === '' ? {} : { pollMs: count('POLL_MS') }),
    ...(flaw === '' ? {} : { flaw }),
    clock: { offsetMs: count('CLOCK_OFFSET_MS'), drift: count('CLOCK_DRIFT') },
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
