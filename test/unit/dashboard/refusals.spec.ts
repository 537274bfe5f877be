import { HttpException, InternalServerErrorException, UnauthorizedException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { JobNotFoundError, KyuError, LedgerUnavailableError } from '../../../lib/core/errors.js';
import { refusalAnswer } from '../../../lib/dashboard/http/answers.js';
import { refusalOf } from '../../../lib/dashboard/http/refusal-of.js';

const SECRET = 'postgres://ada:sesame@db:5432/shop';
const ID = '019a1b2c-3d4e-7f50-8a61-7b8c9d0e1f20';

/** What whoever asked gets to see, and what the log of the application does. */
function told(error: unknown): { status: number; text: string; logged: unknown[] } {
  const logged: unknown[] = [];
  const { status, body } = refusalAnswer(refusalOf(error, (unforeseen) => logged.push(unforeseen)));
  return { status, text: String(body), logged };
}

describe('an error that nobody foresaw', () => {
  it.each([
    ['of the application', new Error(`connect ECONNREFUSED ${SECRET}`)],
    ['that is none', SECRET],
    ['of the framework', new InternalServerErrorException(`cannot reach ${SECRET}`)],
    ['that says more than the API knows', new KyuError('KYU_SOMETHING', SECRET, { remedy: SECRET })],
    ['with a cause', new Error('failed', { cause: new Error(SECRET) })],
  ])('F91 %s is told to the log, and neither its text nor its stack to anybody else', (_, error) => {
    const { status, text, logged } = told(error);
    expect(status).toBe(500);
    expect(logged).toEqual([error]);
    expect(text).not.toMatch(/sesame|db:5432|cannot reach|ECONNREFUSED|at .*\d+:\d+|node:|\.ts/);
    const { error: envelope } = JSON.parse(text) as { error: object };
    expect(Object.keys(envelope)).toEqual(['code', 'message']);
  });
});

describe('an error that has a word of its own', () => {
  it('F91 is told with its code, its status and what it is about', () => {
    expect(told(new JobNotFoundError(ID))).toMatchObject({
      status: 404,
      text: expect.stringContaining('"code":"KYU_JOB_NOT_FOUND"') as string,
      logged: [],
    });
    expect(told(new UnauthorizedException('Say the word'))).toMatchObject({
      status: 401,
      text: expect.stringContaining('The application refused: Say the word.') as string,
    });
    expect(told(new HttpException('slow down', 429))).toMatchObject({ status: 429, logged: [] });
  });

  it('F91 of a store that is away names no secret, and says when to ask again', () => {
    const cause = new Error(`no pg_hba.conf entry for ${SECRET}`);
    const error = new LedgerUnavailableError('connecting to PostgreSQL failed', cause);
    const { status, text } = told(error);
    expect(status).toBe(503);
    expect(text).not.toMatch(/sesame|at .*\d+:\d+/);
    expect(refusalOf(error, () => {}).headers).toEqual({ 'retry-after': '5' });
  });
});
