/** The browser's time, timers and chance: the only file of the pages that touches them. */
export const browserClock = {
  nowMs: (): number => Date.now(),
  random: (): number => Math.random(),
  /** Returns what cancels it. */
  after(delayMs: number, action: () => void): () => void {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
  every(periodMs: number, action: () => void): () => void {
    const timer = setInterval(action, periodMs);
    return () => clearInterval(timer);
  },
};
