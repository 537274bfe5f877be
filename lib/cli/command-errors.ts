/** It was called in a way that cannot be meant; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** It cannot be done; exit code 1. What there is to say about it is its message. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** A store cannot be reached; exit code 3. The message says which address and what to do, and holds no password. */
export class ConnectionFailure extends Error {
  override readonly name = 'ConnectionFailure';
}
