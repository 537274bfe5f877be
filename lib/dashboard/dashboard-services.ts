import type { KyuFrontDoor } from '../kyu.front-door.js';
import type { ResolvedDashboardOptions } from './dashboard.options.js';
import type { LoginDesk } from './access/login-desk.js';
import type { LiveEvents } from './live/live-events.js';

/** What the handlers of the routes work with. */
export interface DashboardServices {
  readonly kyu: KyuFrontDoor;
  readonly options: ResolvedDashboardOptions;
  readonly live: LiveEvents;
  /** `undefined` without OAuth. */
  readonly desk: LoginDesk | undefined;
}
