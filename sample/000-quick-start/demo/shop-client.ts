/** What the demo asks the shop's API, beside placing orders. */
export class ShopClient {
  constructor(
    private readonly apiUrl: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Plans a report a few seconds ahead. */
  async planReport(inSeconds: number): Promise<void> {
    const response = await fetch(new URL('/reports', this.apiUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Kyu quick start', inSeconds }),
      signal: this.signal,
    });
    if (!response.ok)
      throw new Error(`The shop plans no report: ${response.status} ${await response.text()}`);
  }

  /** Where the API process announces its jobs right now: `redis` or `postgres`. */
  async dispatchMode(): Promise<string | undefined> {
    const response = await fetch(new URL('/health', this.apiUrl), { signal: this.signal });
    const health = (await response.json()) as {
      details?: { kyu?: { dispatcher?: { mode?: string } } };
    };
    return health.details?.kyu?.dispatcher?.mode;
  }
}
