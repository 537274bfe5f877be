/** What the harness asks of a child process. */
export interface StageRequest {
  readonly id: number;
  readonly stage: string;
  readonly input: unknown;
}

/** What a child process says: the end of a stage, or how far it is. */
export type ChildWord =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: string }
  | { readonly kind: 'progress'; readonly progress: unknown };
