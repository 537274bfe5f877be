import type { Refusal } from '../../contract.js';

/** What the API refused, or why it could not be asked. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export function refusalFrom(status: number, body: string): ApiError {
  const refusal = readRefusal(body);
  if (refusal !== undefined) return new ApiError(status, refusal.code, refusal.message, refusal.details);
  return new ApiError(
    status,
    `HTTP_${status}`,
    `The server answered ${status} without saying why. Something between this page and Kyu may have answered; look at the server's log.`,
  );
}

/** No answer at all: the server is down, or the network is. */
export function unreachable(): ApiError {
  return new ApiError(
    0,
    'UNREACHABLE',
    'The server does not answer. What you see may be old; press r to try again.',
  );
}

function readRefusal(body: string): Refusal['error'] | undefined {
  try {
    const parsed = JSON.parse(body) as Partial<Refusal>;
    return typeof parsed.error?.code === 'string' ? parsed.error : undefined;
  } catch {
    return undefined;
  }
}
