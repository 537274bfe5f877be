import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Admin } from '../../lib/admin/admin.js';
import { InvalidQueryError } from '../../lib/core/errors.js';
import { refusal, type AdminStage } from '../support/admin/admin-stage.js';
import { discarded } from '../support/ledger/ledger-stage.js';

/** The operator's service: arguments that are refused before anything is asked of the ledger. */
export function describeAdminArguments<Transaction>(operator: AdminStage<Transaction>): void {
  describe('an argument that is not usable', () => {
    type Refused = [
      name: string,
      call: (admin: Admin<Transaction>) => Promise<unknown>,
      field: string,
      part: string,
    ];
    const id = randomUUID();

    const refused: Refused[] = [
      ...(['get', 'runs', 'cancel', 'retry', 'delete'] as const).flatMap((verb): Refused[] => [
        [`${verb}('x')`, (admin) => admin[verb]('x'), 'id', '"x"'],
        [`${verb}()`, (admin) => admin[verb](undefined as never), 'id', 'undefined'],
        [`${verb}({ id })`, (admin) => admin[verb]({ id } as never), 'id', '{id: '],
        [`${verb} with a typo`, (admin) => admin[verb](id, { maneger: 1 } as never), 'maneger', '"manager"'],
        [`${verb} with no object`, (admin) => admin[verb](id, 'manager' as never), 'options', '"manager"'],
      ]),
      ['cancel for 7', (admin) => admin.cancel(id, { reason: 7 as never }), 'reason', '7'],
      ['cancel at length', (admin) => admin.cancel(id, { reason: 'x'.repeat(4_097) }), 'reason', '4096'],
      [
        'a misspelt status',
        (admin) => admin.list({ status: 'compleated' as never }),
        'status',
        '"completed"',
      ],
      [
        'a status that is none',
        (admin) => admin.list({ status: 'xyzzy' as never }),
        'status',
        'one or several of',
      ],
      ['no status of several', (admin) => admin.list({ status: [] }), 'status', 'an empty list'],
      ['one wrong status', (admin) => admin.list({ status: ['dead', null as never] }), 'status', 'null'],
      ['a type with blanks', (admin) => admin.list({ type: 'send email' }), 'type', '"send email"'],
      ['a type that is none', (admin) => admin.list({ type: ['a', 7 as never] }), 'type', '7'],
      ['an empty queue', (admin) => admin.list({ queue: '' }), 'queue', '""'],
      ...([0, -1, 1_001, 1.5, Number.NaN, '10', null] as const).map((limit): Refused => {
        return [`limit ${limit}`, (admin) => admin.list({ limit: limit as never }), 'limit', '1 to 1000'];
      }),
      ['a broken cursor', (admin) => admin.list({ cursor: 'abc' }), 'cursor', '"abc"'],
      ['an id for a cursor', (admin) => admin.list({ cursor: id }), 'cursor', 'nextCursor'],
      [
        'a changed cursor',
        (admin) => admin.list({ cursor: `${Buffer.from(id).toString('base64url')}!` }),
        'cursor',
        'nextCursor',
      ],
      ['a number as cursor', (admin) => admin.list({ cursor: 7 as never }), 'cursor', '7'],
      ['an unknown key', (admin) => admin.list({ statsu: 'dead' } as never), 'statsu', '"status"'],
      ['no object', (admin) => admin.list('dead' as never), 'query', '"dead"'],
      ['a list', (admin) => admin.list([] as never), 'query', '[]'],
      [
        'deadJobs with a status',
        (admin) => admin.deadJobs({ status: 'failed' } as never),
        'status',
        'unknown here',
      ],
      ['deadJobs with a limit', (admin) => admin.deadJobs({ limit: 0 }), 'limit', '0'],
      ['count with a limit', (admin) => admin.count({ limit: 3 } as never), 'limit', 'unknown here'],
      ['count of a status', (admin) => admin.count({ status: 'Dead' as never }), 'status', '"dead"'],
      ['retryMany of anything', (admin) => admin.retryMany({} as never), 'status', 'failed, dead, cancelled'],
      [
        'retryMany of running',
        (admin) => admin.retryMany({ status: 'running' as never }),
        'status',
        '"running"',
      ],
      [
        'retryMany for show, perhaps',
        (admin) => admin.retryMany({ status: 'dead' }, { dryRun: 'yes' as never }),
        'dryRun',
        '"yes"',
      ],
      ['runNow of nothing', (admin) => admin.runNow('x'), 'id', '"x"'],
      ['reschedule to a word', (admin) => admin.reschedule(id, 'soon'), 'when', '"soon"'],
      ['reschedule to no date', (admin) => admin.reschedule(id, new Date(Number.NaN)), 'when', 'a Date'],
      ['reschedule to nothing', (admin) => admin.reschedule(id, undefined as never), 'when', 'undefined'],
      ['a change of nothing', (admin) => admin.change(id, {}), 'change', 'empty'],
      ['a change of the type', (admin) => admin.change(id, { type: 'x' } as never), 'type', 'unknown here'],
      ['a priority of a half', (admin) => admin.change(id, { priority: 0.5 }), 'priority', '0.5'],
      ['a queue of blanks', (admin) => admin.change(id, { queue: ' ' }), 'queue', '" "'],
      ['tags that are none', (admin) => admin.change(id, { tags: ['a', ''] }), 'tags', 'at most 20'],
      ['an actor of many words', (admin) => admin.retry(id, { actor: 'x'.repeat(257) }), 'actor', '256'],
      ['no tags at all', (admin) => admin.list({ tags: [] }), 'tags', 'an empty list'],
      ['a path with a hole', (admin) => admin.list({ payload: { 'a..b': 1 } }), 'payload', '"a..b"'],
      ['a payload of lists', (admin) => admin.list({ payload: { a: [[1]] as never } }), 'payload', '"a"'],
      ['a payload of nothing', (admin) => admin.list({ payload: {} }), 'payload', '1 to 20'],
      ['a payload with a NUL', (admin) => admin.list({ payload: { a: '\u0000' } }), 'payload', 'NUL'],
      [
        'a time that is text',
        (admin) => admin.list({ createdAfter: 'now' as never }),
        'createdAfter',
        'a Date',
      ],
      ['a parent that is none', (admin) => admin.count({ parentId: 'x' }), 'parentId', '"x"'],
      ['cancelMany of everything', (admin) => admin.cancelMany({}), 'selection', 'every job'],
      [
        'runNowMany of everything',
        (admin) => admin.runNowMany({ type: undefined }),
        'selection',
        'every job',
      ],
      [
        'deleteMany without a status',
        (admin) => admin.deleteMany({ type: 'send_email' } as never),
        'status',
        'status is left out, and has to be said',
      ],
      [
        'deleteMany of running jobs',
        (admin) => admin.deleteMany({ status: ['dead', 'running'] } as never),
        'status',
        '"running"',
      ],
      [
        'rescheduleMany of the dead',
        (admin) => admin.rescheduleMany({ status: 'dead' }, 0),
        'status',
        '"dead"',
      ],
      ['a pause of a blank', (admin) => admin.pause(' '), 'queue', '" "'],
      ['a pause of no queue', (admin) => admin.pause([]), 'queue', 'an empty list'],
      ['a pause of no type', (admin) => admin.pauseType(''), 'type', '""'],
      [
        'an audit of a verb that is none',
        (admin) => admin.audit({ action: 'retyr' as never }),
        'action',
        '"retry"',
      ],
      ['retryMany of none', (admin) => admin.retryMany({ status: 'dead' }, { limit: 0 }), 'limit', '0'],
      ['queues of none', (admin) => admin.queues([]), 'queue', 'an empty list'],
      ['workers of a blank', (admin) => admin.workers(' '), 'queue', '" "'],
    ];

    it.each(refused)('F87 %s is refused by its name', async (_name, call, field, part) => {
      const dead = await operator.stage.ran(discarded);
      const error = await refusal(call(operator.admin));
      expect(error).toBeInstanceOf(InvalidQueryError);
      expect(error).toMatchObject({ code: 'KYU_INVALID_QUERY', field });
      expect(error.message).toContain(part);
      expect(error.remedy).toMatch(/^Give .+\.$/);
      expect(await operator.admin.count()).toBe(1);
      expect((await operator.admin.get(dead)).status).toBe('dead');
    });
  });
}
