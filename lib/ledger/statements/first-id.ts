/** The least id that is made at an instant: ids begin with their milliseconds. */
export function firstIdOf(instant: string): string {
  const milliseconds = `greatest(0, extract(epoch from ${instant}) * 1000)::bigint`;
  return `(lpad(to_hex(${milliseconds}), 12, '0') || repeat('0', 20))::uuid`;
}
