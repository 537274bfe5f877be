/** How long a storm rages, in ms: short in every run, as long as `KYU_FAULT_SECONDS` says when it is set. */
export function stormMs(shortMs: number): number {
  const given = process.env['KYU_FAULT_SECONDS'];
  if (given === undefined || given === '') return shortMs;
  const seconds = Number(given);
  if (!Number.isFinite(seconds) || seconds <= 0) {
    throw new Error(`KYU_FAULT_SECONDS is "${given}", no number of seconds.`);
  }
  return seconds * 1_000;
}
