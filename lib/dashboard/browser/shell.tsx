import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from './api/endpoints.js';
import { useConfig } from './api/config-context.js';
import { addressOf, usePlace } from './address/navigation.js';
import type { PageName } from './address/routes.js';
import { ShortcutsDialog } from './keyboard/shortcuts-dialog.js';
import { useKeyboard } from './keyboard/use-keyboard.js';
import { Icon, type IconName } from './parts/icons.js';
import { Link } from './parts/link.js';
import { LiveSign } from './parts/live-sign.js';

const NAVIGATION: readonly (readonly [IconName, string, string])[] = [
  ['overview', 'Overview', '/'],
  ['jobs', 'Jobs', '/jobs'],
  ['errors', 'Errors', '/errors'],
  ['queues', 'Queues', '/queues'],
  ['schedules', 'Schedules', '/schedules'],
  ['workers', 'Workers', '/workers'],
  ['audit', 'Audit', '/audit'],
  ['settings', 'Settings', '/settings'],
];

interface Props {
  readonly page: PageName;
  readonly children: ComponentChildren;
}

/** What stands around every page: skip link, navigation, account, live sign, shortcuts. */
export function Shell({ page, children }: Props) {
  const [showsHelp, setShowsHelp] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const { path } = usePlace();
  useKeyboard(() => setShowsHelp(true));
  useFocusOnNewPage(path, main.current);
  useEffect(() => setOpen(false), [path]);
  const skip = (event: Event): void => {
    event.preventDefault();
    main.current?.focus();
  };
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={skip}>
        Skip to the page
      </a>
      <div class={isOpen ? 'side open' : 'side'}>
        <div class="brand">
          <Link to="/" class="wordmark">
            kyu
          </Link>
          <LiveSign />
          <button
            type="button"
            class="button icon-only menu-button"
            aria-expanded={isOpen}
            aria-controls="navigation"
            aria-label="Menu"
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name={isOpen ? 'close' : 'menu'} />
          </button>
        </div>
        <nav id="navigation" aria-label="Pages">
          <ul>
            {NAVIGATION.map(([name, words, to]) => (
              <li key={to}>
                <Link to={to} aria-current={isHere(name, page) ? 'page' : undefined}>
                  <Icon name={name} />
                  {words}
                </Link>
              </li>
            ))}
          </ul>
          <SideFoot onHelp={() => setShowsHelp(true)} />
        </nav>
      </div>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      {showsHelp && <ShortcutsDialog onClose={() => setShowsHelp(false)} />}
    </div>
  );
}

function isHere(name: IconName, page: PageName): boolean {
  return name === page || (name === 'jobs' && page === 'job');
}

function SideFoot({ onHelp }: { readonly onHelp: () => void }) {
  const { account, authentication, instance, readOnly, version } = useConfig();
  const leave = async (): Promise<void> => {
    await api.logout();
    location.assign(addressOf('/login'));
  };
  return (
    <div class="side-foot">
      {readOnly && <p class="mark">Read-only</p>}
      {account !== null && (
        <p class="account">
          <span title={account.id}>{account.name}</span>
          {authentication === 'oauth' && (
            <button type="button" class="button plain" onClick={leave}>
              Sign out
            </button>
          )}
        </p>
      )}
      <p class="quiet instance">
        {instance} · {version}
      </p>
      <button type="button" class="button plain" onClick={onHelp}>
        Shortcuts <kbd>?</kbd>
      </button>
    </div>
  );
}

/** A new page begins at its top, for the keyboard and a screen reader too; the first one is left to the browser. */
function useFocusOnNewPage(path: string, main: HTMLElement | null): void {
  const before = useRef(path);
  useEffect(() => {
    const title = main?.querySelector('h1')?.textContent;
    document.title = title === null || title === undefined || title === '' ? 'Kyu' : `${title} · Kyu`;
    if (before.current === path) return;
    before.current = path;
    main?.focus({ preventScroll: true });
  }, [path, main]);
}
