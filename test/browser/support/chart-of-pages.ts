/** Every page of the dashboard; `:job` stands for the id of some job. */
export const PAGES: readonly (readonly [name: string, path: string])[] = [
  ['overview', '/?window=24h'],
  ['jobs', '/jobs?query=status:dead'],
  ['job', '/jobs/:job'],
  ['errors', '/errors'],
  ['queues', '/queues'],
  ['schedules', '/schedules'],
  ['workers', '/workers'],
  ['audit', '/audit'],
  ['settings', '/settings'],
];
