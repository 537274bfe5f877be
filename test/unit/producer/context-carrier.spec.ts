import { describe, expect, it } from 'vitest';
import type { CarriedContext } from '../../../lib/core/carried-context.js';
import type { DraftedJob } from '../../../lib/core/ports/telemetry.js';
import { ContextCarrier, type CarrierParts } from '../../../lib/producer/context-carrier.js';

const JOB: DraftedJob = { id: 'j1', type: 'send_email', queue: 'shop' };

function textFrom(parts: Partial<CarrierParts>): unknown {
  const carrier = new ContextCarrier({
    carry: undefined,
    inherited: () => undefined,
    telemetry: undefined,
    ...parts,
  });
  const text = carrier.textFor(JOB);
  return text === null ? null : JSON.parse(text);
}

describe('the carrier', () => {
  it('carries nothing where nobody asked for anything', () => {
    expect(textFrom({})).toBeNull();
    expect(textFrom({ carry: () => undefined, inherited: () => ({}) })).toBeNull();
  });

  it('carries what the application answers at that moment', () => {
    let tenant = '1';
    const carrier = new ContextCarrier({
      carry: () => ({ tenant }),
      inherited: () => undefined,
      telemetry: undefined,
    });
    const first = carrier.textFor(JOB);
    tenant = '2';
    expect([first, carrier.textFor(JOB)]).toEqual(['{"tenant":"1"}', '{"tenant":"2"}']);
  });

  it('hands on what the job carries whose handler enqueues', () => {
    const inherited = (): CarriedContext => ({ requestId: 'r', traceparent: 'old' });
    expect(textFrom({ inherited })).toEqual({ requestId: 'r', traceparent: 'old' });
    expect(textFrom({ inherited, carry: () => ({ requestId: 'own' }) })).toMatchObject({ requestId: 'own' });
  });

  it('lets the trace of the call win, and tells the tracer which job it is about', () => {
    const told: DraftedJob[] = [];
    const telemetry = {
      carry: (job: DraftedJob): CarriedContext => {
        told.push(job);
        return { traceparent: 'new' };
      },
    };
    const inherited = (): CarriedContext => ({ requestId: 'r', traceparent: 'old' });
    expect(textFrom({ inherited, telemetry })).toEqual({ requestId: 'r', traceparent: 'new' });
    expect(told).toEqual([JOB]);
  });

  it('refuses an enqueue whose carry throws, and says so', () => {
    const carry = () => {
      throw new Error('no request here');
    };
    expect(() => textFrom({ carry })).toThrow(
      expect.objectContaining({
        code: 'KYU_CONTEXT',
        field: 'carry()',
        cause: expect.objectContaining({ message: 'no request here' }),
      }),
    );
  });
});
