/** The page of a trace; undefined without a template, or when it would be no page of the web. */
export function traceAddress(template: string | null, traceId: string): string | undefined {
  if (template === null) return undefined;
  const address = template.replaceAll('{traceId}', encodeURIComponent(traceId));
  return /^(?:https?:\/\/|\/)/i.test(address) ? address : undefined;
}
