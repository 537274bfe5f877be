import { api } from '../api/endpoints.js';
import { useReading } from '../api/use-reading.js';
import { fieldsOf } from '../address/search-fields.js';
import { usePlace } from '../address/navigation.js';
import { Empty } from '../parts/empty.js';
import { ReadingView } from '../parts/reading-view.js';

const REFUSALS: Readonly<Record<string, string>> = {
  access_denied: 'The sign-in was not finished. Try again, or ask who runs this dashboard.',
  not_allowed: 'This account may not see the dashboard. Ask who runs it to put you on its list.',
  expired: 'The sign-in took too long. Try again.',
};

export function LoginPage() {
  const { search } = usePlace();
  const { error } = fieldsOf(search, { error: '' });
  const providers = useReading('providers', () => api.providers());
  return (
    <main class="alone login">
      <h1>
        <span class="wordmark">kyu</span>
      </h1>
      {error !== '' && (
        <p class="error-box" role="alert">
          {REFUSALS[error] ?? `The sign-in was refused (${error}). Try again.`}
        </p>
      )}
      <ReadingView reading={providers}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="Nobody can sign in here.">
              This dashboard asks your application who you are. Sign in there, then come back.
            </Empty>
          ) : (
            <ul class="providers">
              {list.map((provider) => (
                <li key={provider.id}>
                  <a class="button primary" href={provider.loginUrl}>
                    Sign in with {provider.name}
                  </a>
                </li>
              ))}
            </ul>
          )
        }
      </ReadingView>
    </main>
  );
}
