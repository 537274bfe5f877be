import { describeProblem, KyuError, type ConfigProblem } from './kyu-error.js';

/** A schedule cannot be used as it was given; `problems` names every mistake at once. */
export class InvalidScheduleError extends KyuError {
  readonly problems: readonly ConfigProblem[];

  constructor(schedule: string, problems: readonly ConfigProblem[]) {
    const lines = problems.map((problem) => `\n  - ${describeProblem(problem)}`).join('');
    super('KYU_INVALID_SCHEDULE', `The schedule ${schedule} was not written:${lines}\n`, {
      field: problems[0]?.field ?? 'schedule',
      remedy: 'Correct it and call again; docs/schedules.md lists every field.',
    });
    this.problems = problems;
  }
}

/** There is no schedule with this name. */
export class ScheduleNotFoundError extends KyuError {
  constructor(name: string) {
    super('KYU_SCHEDULE_NOT_FOUND', `There is no schedule ${name}.`, {
      field: 'name',
      remedy: 'It was removed, or it belongs to another application (queueName) or schema.',
    });
  }
}

/** The name of a schedule is taken: by a second declaration in code, or by a schedule of another source. */
export class ScheduleConflictError extends KyuError {
  constructor(name: string, first: string, second: string) {
    super('KYU_SCHEDULE_CONFLICT', `Schedule "${name}" exists twice: ${first} and ${second}.`, {
      field: name,
      remedy: 'Give one of them another name, or remove it.',
    });
  }
}
