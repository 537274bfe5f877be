export { KyuDashboardModule } from './dashboard/dashboard.module.js';
export type {
  AccessFunction,
  BasicAccount,
  DashboardAccess,
  DashboardPlace,
  DashboardRequest,
  DashboardSettings,
  KyuDashboardAsyncOptions,
  KyuDashboardOptions,
} from './dashboard/dashboard.options.js';
export { githubProvider, type GithubProviderOptions } from './dashboard/access/github-provider.js';
export type {
  LoginRequest,
  LoginReturn,
  OAuthOptions,
  OAuthProvider,
} from './dashboard/access/oauth-provider.js';
export type { SessionStore } from './dashboard/access/session-store.js';
export { MemorySessionStore } from './dashboard/access/memory-session-store.js';
export { ROUTES as DASHBOARD_ROUTES } from './dashboard/routes/routes.js';
export {
  serveDashboard,
  type ServeDashboardOptions,
  type ServedDashboard,
} from './dashboard/serve-dashboard.js';
export { openApiDocument } from './dashboard/openapi.js';
export type * from './dashboard/contract.js';
