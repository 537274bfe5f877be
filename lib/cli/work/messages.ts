import type { ToldOptions } from '../../kyu.told-options.js';

/** What a process that works is told when it is started. */
export interface WorkSettings {
  /** The file of the application's module. */
  readonly file: string;
  /** Its export; default: `default`, else `AppModule`. */
  readonly exportName?: string;
  readonly queues?: readonly string[];
  readonly concurrency?: number;
  /** Ends when nothing is due any more. */
  readonly once: boolean;
}

/** What the supervisor says to a process. */
export type Order =
  | { readonly kind: 'work'; readonly settings: WorkSettings }
  /** A sibling died: take its jobs back. */
  | { readonly kind: 'bury'; readonly instance: string; readonly workerId: string };

/** What a process says to its supervisor. */
export type Report =
  | { readonly kind: 'registered'; readonly instance: string; readonly workerId: string }
  /** It works. `told` says where the ledger of each instance is, as far as that can be said. */
  | { readonly kind: 'ready'; readonly told: readonly ToldOptions[] }
  /** Nothing is due any more, and it ends. */
  | { readonly kind: 'done' };
