import { useEffect } from 'preact/hooks';
import { ConfigContext } from './api/config-context.js';
import { api } from './api/endpoints.js';
import { keepCsrfToken } from './api/http.js';
import { useReading } from './api/use-reading.js';
import { usePlace } from './address/navigation.js';
import { routeOf, type Route } from './address/routes.js';
import { refreshChoice } from './live/refresh-choice.js';
import { startLive, stopLive } from './live/live-connection.js';
import { AuditPage } from './pages/audit-page.js';
import { ErrorsPage } from './pages/errors-page.js';
import { JobPage } from './pages/job-page.js';
import { JobsPage } from './pages/jobs-page.js';
import { LoginPage } from './pages/login-page.js';
import { OverviewPage } from './pages/overview-page.js';
import { QueuesPage } from './pages/queues-page.js';
import { SchedulesPage } from './pages/schedules-page.js';
import { SettingsPage } from './pages/settings-page.js';
import { UnknownPage } from './pages/unknown-page.js';
import { WorkersPage } from './pages/workers-page.js';
import { ErrorBox } from './parts/error-box.js';
import { Notices } from './parts/notices.js';
import { Shell } from './shell.js';

/** Nothing is shown before the server said who this account is and what it may do. */
export function App() {
  const { path } = usePlace();
  const config = useReading('config', readConfig);
  const isKnown = config.data !== undefined && config.data.permissions.length > 0;
  useEffect(() => {
    if (!isKnown || refreshChoice() !== 'live') return undefined;
    startLive();
    return stopLive;
  }, [isKnown]);
  const route = routeOf(path);
  const isStranger = config.data?.authentication === 'oauth' && config.data.account === null;
  if (route.page === 'login' || isStranger || config.error?.status === 401) return <LoginPage />;
  if (config.data === undefined) {
    return (
      <main class="alone">
        {config.error === undefined ? (
          <p role="status">Reading …</p>
        ) : (
          <ErrorBox error={config.error} again={config.again} />
        )}
      </main>
    );
  }
  return (
    <ConfigContext.Provider value={config.data}>
      <Shell page={route.page}>
        <Page route={route} />
      </Shell>
      <Notices />
    </ConfigContext.Provider>
  );
}

function Page({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'overview':
      return <OverviewPage />;
    case 'jobs':
      return <JobsPage />;
    case 'job':
      return <JobPage key={route.id} id={route.id} />;
    case 'errors':
      return <ErrorsPage />;
    case 'queues':
      return <QueuesPage />;
    case 'schedules':
      return <SchedulesPage />;
    case 'workers':
      return <WorkersPage />;
    case 'audit':
      return <AuditPage />;
    case 'settings':
      return <SettingsPage />;
    default:
      return <UnknownPage />;
  }
}

async function readConfig(signal: AbortSignal) {
  const config = await api.config(signal);
  keepCsrfToken(config.csrfToken);
  return config;
}
