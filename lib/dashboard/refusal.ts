import { KyuError } from '../core/kyu-error.js';

interface RefusalDetails {
  readonly remedy: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What the API itself refuses with; docs/rest-api.md says when. A code is one of these after `KYU_API_`. */
export const API_CODES = [
  'PARAMETER',
  'BODY',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'READ_ONLY',
  'FORGED',
  'LOGIN_FAILED',
  'NOT_FOUND',
  'METHOD',
  'TOO_LARGE',
  'MEDIA_TYPE',
  'REFUSED',
  'FAILED',
  'CLOSING',
] as const;

export type ApiCode = (typeof API_CODES)[number];

/** The API says no: with an HTTP status, and the code that stands in the answer. */
export class ApiRefusal extends KyuError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(status: number, code: ApiCode | KyuError, message: string, more: RefusalDetails) {
    super(typeof code === 'string' ? `KYU_API_${code}` : code.code, message, { remedy: more.remedy });
    this.status = status;
    this.headers = more.headers ?? {};
    this.details = more.details;
  }
}

export const unauthenticated = (headers?: Record<string, string>): ApiRefusal =>
  new ApiRefusal(401, 'UNAUTHENTICATED', 'Nobody is logged in.', {
    remedy: 'Log in, or send the credentials that this dashboard asks for.',
    ...(headers === undefined ? {} : { headers }),
  });

export const forbidden = (permission: string): ApiRefusal =>
  new ApiRefusal(403, 'FORBIDDEN', `This needs the permission "${permission}".`, {
    remedy: 'Ask whoever runs the dashboard for it.',
    details: { permission },
  });

export const readOnly = (): ApiRefusal =>
  new ApiRefusal(403, 'READ_ONLY', 'This dashboard only shows; it changes nothing.', {
    remedy: 'Use one that was mounted without readOnly, or the command line.',
  });

export const notFound = (what: string): ApiRefusal =>
  new ApiRefusal(404, 'NOT_FOUND', `There is no ${what}.`, {
    remedy: 'The document at api/v1/openapi.json lists every route.',
  });

export const wrongMethod = (allowed: readonly string[]): ApiRefusal =>
  new ApiRefusal(405, 'METHOD', 'This route does not know the method.', {
    remedy: `Use ${allowed.join(' or ')}.`,
    headers: { allow: allowed.join(', ') },
  });

export const badParameter = (objection: string): ApiRefusal =>
  new ApiRefusal(400, 'PARAMETER', `The request was refused: ${objection}.`, {
    remedy: 'The document at api/v1/openapi.json says what the route takes.',
  });

export const badBody = (objection: string): ApiRefusal =>
  new ApiRefusal(400, 'BODY', `The body was refused: ${objection}.`, {
    remedy: 'The document at api/v1/openapi.json says what the route takes.',
  });

export const bodyTooLarge = (limitBytes: number): ApiRefusal =>
  new ApiRefusal(413, 'TOO_LARGE', `The body has more than ${limitBytes} bytes.`, {
    remedy: 'Send less at once.',
    headers: { connection: 'close' },
  });

export const wrongMediaType = (): ApiRefusal =>
  new ApiRefusal(415, 'MEDIA_TYPE', 'The body is not JSON.', {
    remedy: 'Send it with content-type: application/json.',
  });

export const forged = (what: string): ApiRefusal =>
  new ApiRefusal(403, 'FORGED', `The change was refused: ${what}.`, {
    remedy:
      'Send the csrfToken of GET config in the header x-kyu-csrf, with the cookies of that answer, from a page of ' +
      'this origin or of one that the option cors lists.',
  });

/** `reason` is a word for the page that shows it. */
export const loginFailed = (reason: 'expired' | 'denied' | 'provider', what: string): ApiRefusal =>
  new ApiRefusal(403, 'LOGIN_FAILED', `The login failed: ${what}.`, {
    remedy: 'Begin again; if it stays so, ask whoever runs the dashboard.',
    details: { reason },
  });

export const closing = (): ApiRefusal =>
  new ApiRefusal(503, 'CLOSING', 'The application shuts down.', {
    remedy: 'Ask again in a moment.',
    headers: { 'retry-after': '5' },
  });

/** What nobody foresaw. What it was is said in the application's log, and not to whoever asked. */
export const failed = (): ApiRefusal =>
  new ApiRefusal(500, 'FAILED', 'The request failed for a reason that Kyu did not foresee.', {
    remedy: "The application's log says what it was.",
  });
