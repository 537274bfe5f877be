/**
 * Where logins are kept. Keys are digests of what the browser holds, so that reading the store lets nobody in; values
 * are text. Give one that several processes share where several serve the dashboard.
 */
export interface SessionStore {
  /** The value under a key that is not over yet. */
  get(key: string): Promise<string | undefined>;
  /** Writes a value that is over after so many ms. */
  set(key: string, value: string, expiresInMs: number): Promise<void>;
  /** Forgets it; one that is not there is forgotten already. */
  delete(key: string): Promise<void>;
}
