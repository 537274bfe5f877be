/** How long a producer waits for an announcement at most. The announcement itself may take longer. */
export const ANNOUNCE_BUDGET_MS = 100;
