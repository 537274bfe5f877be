/** The queue of Kyu's jobs. */
export const KYU_QUEUE = 'bench';
