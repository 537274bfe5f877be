import { useEffect, useState } from 'preact/hooks';
import { BASE_PATH } from './base-path.js';
import { pathBelow } from './routes.js';

export interface Place {
  /** Below the base. */
  readonly path: string;
  readonly search: string;
}

const CHANGED = 'kyu:place';

export function herePlace(): Place {
  return { path: pathBelow(BASE_PATH, location.pathname) ?? '/', search: location.search };
}

/** The whole path of a page: `/jobs` becomes `/admin/kyu/jobs`. */
export function addressOf(target: string): string {
  return `${BASE_PATH}${target === '/' && BASE_PATH !== '' ? '' : target}`;
}

export function go(target: string): void {
  history.pushState(null, '', addressOf(target));
  dispatchEvent(new Event(CHANGED));
}

/** For state that is no step of its own: a query being typed, a sort. */
export function replacePlace(target: string): void {
  history.replaceState(null, '', addressOf(target));
  dispatchEvent(new Event(CHANGED));
}

export function usePlace(): Place {
  const [place, setPlace] = useState(herePlace);
  useEffect(() => {
    const look = (): void => setPlace(herePlace());
    addEventListener('popstate', look);
    addEventListener(CHANGED, look);
    return () => {
      removeEventListener('popstate', look);
      removeEventListener(CHANGED, look);
    };
  }, []);
  return place;
}
