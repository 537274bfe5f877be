import { isJobId } from './core/job-id.js';
import type { KyuTelemetry } from './core/ports/telemetry.js';
import type { KyuAdmin } from './kyu.injectables.js';

/** The admin whose verbs show up in a tracing system. A verb that it gets one day shows up as well. */
export function observedAdmin(admin: KyuAdmin, telemetry: KyuTelemetry | undefined): KyuAdmin {
  if (telemetry === undefined) return admin;
  return new Proxy(admin, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || typeof name !== 'string' || name === 'constructor') return member;
      return (...args: unknown[]): unknown => {
        const call = (): unknown => Reflect.apply(member, target, args) as unknown;
        // Other verbs begin with a queue, a text or a selection.
        const jobId = isJobId(args[0]) ? args[0] : undefined;
        return telemetry.operate(name, jobId, call);
      };
    },
  });
}
