import type { Permission } from '../contract.js';

/** Every permission there is. */
export const PERMISSIONS: readonly Permission[] = [
  'read',
  'payloads',
  'enqueue',
  'retry',
  'cancel',
  'delete',
  'change',
  'pause',
  'schedules',
  'workers',
];
