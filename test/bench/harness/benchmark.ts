/** One measurement of one entrant in one round. */
export interface Sample {
  /** In the unit of the benchmark. */
  readonly value: number;
  /** Whatever else is worth knowing, by name. */
  readonly details: Readonly<Record<string, number>>;
  /** Single measurements, where a sample is made of many. */
  readonly series?: readonly number[];
  /** Whether every job was accounted for, and what was missing. */
  readonly account: Account;
}

/** The outcome of counting: of what was enqueued, nothing may be missing and nothing may have run twice. */
export interface Account {
  readonly jobs: number;
  /** What is wrong; empty when every job was found where it should be. */
  readonly complaints: readonly string[];
}

/** One line of a benchmark's table: somebody, or Kyu in some situation. */
export interface Entrant {
  readonly name: string;
  /** What is special about it, for the report. */
  readonly settings: string;
  readonly sample: () => Promise<Sample>;
}

/** Something that is measured, for several entrants in turns. */
export interface Benchmark {
  readonly name: string;
  readonly title: string;
  readonly unit: 'jobs/s' | 'transactions/s' | 'ms' | 'MB' | 'ns' | 'statements/job' | 'bytes/job';
  readonly better: 'higher' | 'lower';
  readonly entrants: readonly Entrant[];
  /** Fewer rounds, where one takes long and noise is small. Default: those of the scale. */
  readonly rounds?: number;
  /** Before the first round: a large ledger takes minutes to fill. */
  readonly prepare?: () => Promise<void>;
  /** Sizes that are not the same in every form of the run. */
  readonly sizes?: Readonly<Record<string, number>>;
}
