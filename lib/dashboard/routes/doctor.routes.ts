import { FINDING_CODES, type FindingCode } from '../../core/finding.js';
import { listOf, named, oneOf, record, TEXT } from '../schemas/schema.js';
import { operatorOf, type Call } from './call.js';
import type { Route } from './route.js';

/** What is wrong with the stores, and what can be done about it without harm. */
export const DOCTOR_ROUTES: readonly Route[] = [
  {
    name: 'examine',
    method: 'GET',
    path: 'doctor',
    permission: 'read',
    tag: 'Doctor',
    summary: 'What is wrong with the stores, worst first, each with its remedy.',
    answers: 'json',
    schema: listOf(named('Finding')),
    handle: async ({ services }) => services.kyu.admin.doctor(),
  },
  {
    name: 'fixFinding',
    method: 'POST',
    path: 'doctor/fix',
    permission: 'workers',
    tag: 'Doctor',
    summary: 'Repairs what can be repaired without harm.',
    body: record({ code: oneOf(...FINDING_CODES) }, { reason: { ...TEXT, maxLength: 4_096 } }),
    answers: 'json',
    schema: named('Fix'),
    handle: fix,
  },
];

async function fix(call: Call): Promise<unknown> {
  const { code, done } = await call.services.kyu.admin.fix(
    call.body['code'] as FindingCode,
    operatorOf(call),
  );
  return { code, done };
}
