export interface Answer<Data> {
  readonly data: Data;
}

export interface Refusal {
  readonly error: {
    /** Stable; those of docs/errors.md and those of the API itself. */
    readonly code: string;
    /** What happened, and what to do. Never a secret. */
    readonly message: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
}
