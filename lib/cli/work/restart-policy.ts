const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/** A process that lived so long has got over what its predecessors died of. */
const RECOVERED_AFTER_MS = 30_000;

/**
 * How long to wait before a process is started again: not at all after a first death, then longer and longer, so that
 * one that dies at once does not keep the machine busy with being born.
 */
export class RestartPolicy {
  private deaths = 0;

  delayAfter(livedMs: number): number {
    if (livedMs >= RECOVERED_AFTER_MS) this.deaths = 0;
    this.deaths += 1;
    if (this.deaths === 1) return 0;
    return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.deaths - 2));
  }
}
