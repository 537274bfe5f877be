import { Client } from 'pg';

/** A connection that is made anew for each piece of work: servers come and go in a laboratory. */
export async function withClient<Answer>(
  url: string,
  work: (client: Client) => Promise<Answer>,
): Promise<Answer> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {}); // the rejected query says it already
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {}); // it may have been cut off
  }
}
