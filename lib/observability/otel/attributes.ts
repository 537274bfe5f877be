import type { Attributes } from '@opentelemetry/api';
import { attemptOf, type Claim } from '../../core/claim.js';

/** Names of the semantic conventions for messaging, and Kyu's own beside them. */
export const ATTRIBUTE = {
  system: 'messaging.system',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  destination: 'messaging.destination.name',
  jobId: 'messaging.message.id',
  bodySize: 'messaging.message.body.size',
  batchSize: 'messaging.batch.message_count',
  clientId: 'messaging.client.id',
  errorType: 'error.type',
  jobType: 'kyu.job.type',
  run: 'kyu.job.run',
  attempt: 'kyu.job.attempt',
  priority: 'kyu.job.priority',
  outcome: 'kyu.job.outcome',
  status: 'kyu.job.status',
} as const;

export const SYSTEM = 'kyu';

export function operation(name: string, type?: 'send' | 'process'): Attributes {
  const attributes = { [ATTRIBUTE.system]: SYSTEM, [ATTRIBUTE.operationName]: name };
  return type === undefined ? attributes : { ...attributes, [ATTRIBUTE.operationType]: type };
}

export function runAttributes(claim: Claim): Attributes {
  return {
    ...operation('process', 'process'),
    [ATTRIBUTE.destination]: claim.queue,
    [ATTRIBUTE.jobId]: claim.id,
    [ATTRIBUTE.bodySize]: Buffer.byteLength(claim.payload),
    [ATTRIBUTE.clientId]: claim.workerId,
    [ATTRIBUTE.jobType]: claim.type,
    [ATTRIBUTE.run]: claim.run,
    [ATTRIBUTE.attempt]: attemptOf(claim),
    [ATTRIBUTE.priority]: claim.priority,
  };
}
