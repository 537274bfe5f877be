import { redactUrl } from './redact.js';

/** What every error of Kyu's carries besides its message. */
export interface KyuErrorDetails {
  /** The option or argument at fault. */
  readonly field?: string;
  readonly jobId?: string;
  /** What to do about it. */
  readonly remedy: string;
  readonly cause?: unknown;
}

/**
 * The ancestor of every error that Kyu throws: what happened, to which job, and what to do.
 * `code` is stable; texts may change. Each code has its line in `docs/errors.md`.
 */
export class KyuError extends Error {
  readonly code: string;
  readonly field: string | undefined;
  readonly jobId: string | undefined;
  readonly remedy: string;

  constructor(code: string, message: string, details: KyuErrorDetails) {
    super(
      redactUrl(`${message} ${details.remedy}`),
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.name = new.target.name;
    this.code = code;
    this.field = details.field;
    this.jobId = details.jobId;
    this.remedy = details.remedy;
  }
}

/** One thing that is wrong with the options. */
export interface ConfigProblem {
  readonly field: string;
  /** The value as a person may read it; never a secret. */
  readonly value: string;
  readonly allowed: string;
  /** The nearest valid name, for a misspelt one. */
  readonly suggestion?: string;
}

/** The options of a Kyu instance are wrong; `problems` names every mistake at once. */
export class KyuConfigError extends KyuError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], where = 'The options of KyuModule') {
    const lines = problems.map((problem) => `\n  - ${describeProblem(problem)}`).join('');
    super('KYU_CONFIG', `${where} cannot be used:${lines}\n`, {
      field: problems[0]?.field ?? 'options',
      remedy: 'Correct them and start again; docs/options.md lists every option.',
    });
    this.problems = problems;
  }
}

/** One line about one mistake. */
export function describeProblem(problem: ConfigProblem): string {
  const hint = problem.suggestion === undefined ? '' : ` (did you mean "${problem.suggestion}"?)`;
  return `${problem.field}: got ${problem.value}, allowed: ${problem.allowed}${hint}`;
}
