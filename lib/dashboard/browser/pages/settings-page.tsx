import { useState } from 'preact/hooks';
import { api } from '../api/endpoints.js';
import { useConfig, useMay } from '../api/config-context.js';
import { useReading } from '../api/use-reading.js';
import type { FindingRow } from '../../contract.js';
import { CopyButton } from '../parts/copy-button.js';
import { PageHeader } from '../parts/page-header.js';
import { ReadingView } from '../parts/reading-view.js';
import { Select } from '../parts/select.js';
import { Choice } from '../parts/choice.js';
import { useAction } from '../parts/use-action.js';
import { keepRefreshChoice, REFRESH_CHOICES, refreshChoice, REFRESH_WORDS } from '../live/refresh-choice.js';
import { chooseTheme, THEMES, themeChoice } from '../theme/theme-choice.js';
import { viewerZone } from '../time/exact-time.js';

export function SettingsPage() {
  return (
    <>
      <PageHeader title="Settings" />
      <div class="settings">
        <Looks />
        <About />
        <Doctor />
      </div>
    </>
  );
}

function Looks() {
  const [theme, setTheme] = useState(themeChoice);
  return (
    <section class="panel padded" aria-labelledby="looks">
      <h2 id="looks">This browser</h2>
      <div class="setting">
        <span>Theme</span>
        <Choice
          label="Theme"
          value={theme}
          options={THEMES.map((each) => [each, each] as const)}
          onChoose={(next) => {
            setTheme(next);
            chooseTheme(next);
          }}
        />
      </div>
      <div class="setting">
        <Select
          label="Refresh"
          value={refreshChoice()}
          options={REFRESH_CHOICES.map((choice) => [choice, REFRESH_WORDS[choice]] as const)}
          onChoose={(choice) => {
            keepRefreshChoice(choice);
            // Connections and timers begin anew with the page.
            location.reload();
          }}
        />
      </div>
      <p class="quiet">Times are shown in {viewerZone()}; the exact instant stands on hover.</p>
    </section>
  );
}

function About() {
  const config = useConfig();
  const facts: readonly (readonly [string, string])[] = [
    ['Version', config.version],
    ['Instance', config.instance],
    ['Mounted at', config.basePath === '' ? '/' : config.basePath],
    [
      'Account',
      config.account === null ? 'not known' : `${config.account.name} (${config.account.provider})`,
    ],
    ['Permissions', config.readOnly ? 'read-only' : config.permissions.join(', ')],
    ['Queues', config.queues.join(', ') || 'none'],
    ['Payloads', config.hidesPayloads ? 'hidden until asked for' : 'shown'],
  ];
  return (
    <section class="panel padded" aria-labelledby="about">
      <h2 id="about">
        This Kyu{' '}
        <CopyButton text={facts.map(([name, value]) => `${name}: ${value}`).join('\n')} what="these facts" />
      </h2>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Doctor() {
  const reading = useReading('doctor', (signal) => api.doctor(signal));
  return (
    <section class="panel padded" aria-labelledby="doctor">
      <h2 id="doctor">Doctor</h2>
      <ReadingView reading={reading}>
        {(findings) =>
          findings.length === 0 ? (
            <p class="all-well">Nothing found: schema, Redis, workers and clock agree.</p>
          ) : (
            <ul class="findings">
              {findings.map((finding, index) => (
                <Finding key={`${finding.code} ${index}`} finding={finding} />
              ))}
            </ul>
          )
        }
      </ReadingView>
    </section>
  );
}

function Finding({ finding }: { readonly finding: FindingRow }) {
  const { isBusy, run } = useAction();
  const mayFix = useMay('workers');
  return (
    <li class={`problem ${finding.severity}`}>
      <span class="severity">{finding.severity}</span>
      <p class="problem-text">
        <strong>{finding.text}</strong> <span class="remedy">{finding.remedy}</span>{' '}
        <code>{finding.code}</code>
      </p>
      {finding.canFix && mayFix && (
        <button
          type="button"
          class="button"
          disabled={isBusy}
          aria-label={`Fix ${finding.code}`}
          onClick={() => run(() => api.fix(finding.code), `${finding.code} is fixed.`)}
        >
          Fix
        </button>
      )}
    </li>
  );
}
