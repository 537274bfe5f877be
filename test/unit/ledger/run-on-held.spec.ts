import { EventEmitter } from 'node:events';
import type { PoolClient } from 'pg';
import { describe, expect, it } from 'vitest';
import { runOnHeld } from '../../../lib/ledger/run-on-held.js';

const CALLS = ['first', 'second'].map((name) => ({ statement: { name, text: name }, values: [] }));

/** A connection of a pool, as far as it matters here. */
class HeldClient extends EventEmitter {
  readonly asked: string[] = [];
  released: { readonly failure: unknown } | undefined;

  constructor(private readonly answer: (client: HeldClient, text: string) => unknown) {
    super();
  }

  async query({ text }: { text: string }): Promise<unknown> {
    this.asked.push(text);
    return this.answer(this, text);
  }

  release(failure: unknown): void {
    this.released = { failure };
  }
}

function run(client: HeldClient): Promise<void> {
  return runOnHeld(client as unknown as PoolClient, CALLS, true);
}

describe('statements on a connection that is held', () => {
  it('run one after the other, and the connection goes back', async () => {
    const client = new HeldClient(() => ({ rows: [] }));
    await run(client);
    expect(client.asked).toEqual(['first', 'second']);
    expect(client.released).toEqual({ failure: undefined });
    expect(client.listenerCount('error')).toBe(0);
  });

  it('survive that the server ends it between two of them, and it is not used again', async () => {
    const cut = new Error('terminating connection due to administrator command');
    const client = new HeldClient((self, text) => text === 'first' && self.emit('error', cut));
    await run(client);
    expect(client.asked).toEqual(['first', 'second']);
    expect(client.released).toEqual({ failure: cut });
  });

  it('end with the first that fails, and it is not used again', async () => {
    const refused = new Error('refused');
    const client = new HeldClient(() => {
      throw refused;
    });
    await run(client);
    expect(client.asked).toEqual(['first']);
    expect(client.released).toEqual({ failure: refused });
  });
});
