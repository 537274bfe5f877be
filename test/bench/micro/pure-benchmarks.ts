import type { Claim } from '../../../lib/core/claim.js';
import { JobIdSource } from '../../../lib/core/job-id.js';
import { encodePayload } from '../../../lib/core/payload.js';
import { DEFAULT_BACKOFF } from '../../../lib/core/retry-policy.js';
import { settle } from '../../../lib/core/settlement.js';
import { claimOf, typeNamesOf } from '../../../lib/ledger/row-mapper.js';
import { JOB_TYPE, payloadOf } from '../child/payload.js';
import type { MicroBenchmark } from './micro-benchmark.js';

const OPERATIONS = 1_000;
const PAYLOAD_LIMIT = 262_144;
const TYPE_NAMES = typeNamesOf([JOB_TYPE]);
const PAYLOAD = payloadOf(123_456);

/** A row of the claim statement: see claimColumns. */
const CLAIM_ROW = [
  '019ab9f3-7a10-7000-8000-000000000001',
  '1',
  JOB_TYPE,
  '0',
  JSON.stringify(PAYLOAD),
  '0',
  '3',
  '30000',
  '0',
  '2026-11-22 04:00:00.123456+00',
  null,
  '2026-11-22 04:00:00.223456+00',
  '12.5',
] as const;

/** A claim as the ledger hands it out. */
export function sampleClaim(): Claim {
  return claimOf(CLAIM_ROW, '6f0e1c5e-6a0c-4c53-9f2c-0d5f7a3a1b2c', 'bench', TYPE_NAMES);
}

/** What needs no application: ids, decisions, JSON, rows. */
export function pureBenchmarks(): MicroBenchmark[] {
  const ids = new JobIdSource(Date.now);
  const claim = sampleClaim();
  const times = { startedAfterMs: 1.25, finishedAfterMs: 2.5 };
  const policy = { backoff: DEFAULT_BACKOFF, resultLimitBytes: PAYLOAD_LIMIT };
  const failure = new Error('the mail server did not answer');
  return [
    repeated('job id', () => ids.next()),
    repeated('payload encode', () => encodePayload(PAYLOAD, PAYLOAD_LIMIT)),
    repeated('claim from row', () => sampleClaim()),
    repeated('settle decision: completed', () =>
      settle(claim, { kind: 'completed', result: undefined }, times, policy, Math.random),
    ),
    repeated('settle decision: failed', () =>
      settle(claim, { kind: 'failed', error: failure }, times, policy, Math.random),
    ),
  ];
}

function repeated(name: string, operation: () => unknown): MicroBenchmark {
  return {
    name,
    operations: OPERATIONS,
    run: () => {
      let last: unknown;
      for (let count = 0; count < OPERATIONS; count += 1) last = operation();
      // Used, so that the loop cannot be optimised away.
      return last;
    },
  };
}
