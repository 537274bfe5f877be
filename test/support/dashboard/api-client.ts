import { Agent, request as httpRequest } from 'node:http';

/** Thousands of requests on a few connections. */
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly json: {
    data?: unknown;
    error?: { code: string; message: string; details?: Record<string, unknown> };
  };
}

export interface ApiRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  /** An object is sent as JSON, a text as it is. */
  readonly body?: unknown;
}

export const TOKEN = 'a-token-of-the-tests-0123456789';
/** What a change needs so that it is not taken for a forged one. */
export const UNFORGED = { cookie: `kyu_csrf=${TOKEN}`, 'x-kyu-csrf': TOKEN };

/** Sends a request whose path is not made any prettier on its way, as `fetch` would do. */
export function send(
  url: string,
  { method = 'GET', path, headers = {}, body }: ApiRequest,
): Promise<ApiAnswer> {
  const { hostname, port } = new URL(url);
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const sent = {
    ...(text === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, headers: sent, agent }, (response) => {
      const chunks: Buffer[] = [];
      // A stream never ends by itself; that it began is what there is to know.
      if (response.headers['content-type']?.startsWith('text/event-stream')) {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: '',
          json: { data: 'stream' },
        });
        request.destroy();
        return;
      }
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: answer,
          get json() {
            return JSON.parse(answer) as ApiAnswer['json'];
          },
        });
      });
    });
    request.on('error', reject);
    request.end(text);
  });
}

/** An API below a base, with everything that a change needs. */
export function apiAt(url: string, base: string, headers: Record<string, string> = {}) {
  const call = (method: string, path: string, body?: unknown) =>
    send(url, { method, path: `${base}/api/v1/${path}`, headers: { ...UNFORGED, ...headers }, body });
  return {
    get: (path: string) => call('GET', path),
    post: (path: string, body: unknown = {}) => call('POST', path, body),
    put: (path: string, body: unknown) => call('PUT', path, body),
    patch: (path: string, body: unknown) => call('PATCH', path, body),
    delete: (path: string) => call('DELETE', path),
  };
}
