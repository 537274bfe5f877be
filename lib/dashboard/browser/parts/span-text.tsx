import { shortSpan } from '../time/relative-time.js';

export function SpanText({ ms }: { readonly ms: number | null }) {
  return ms === null ? <span class="quiet">–</span> : <>{shortSpan(ms)}</>;
}
