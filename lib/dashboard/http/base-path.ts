import type { TLSSocket } from 'node:tls';
import type { Exchange } from './exchange.js';

/** What may stand in a path that is written into a page. */
const HARMLESS = /^[\w.~!$()*+,;=:@%/-]*$/;

/**
 * Where the dashboard is mounted as the browser sees it: the path of the request without what lies below the mount.
 * Behind a proxy that changes paths only `publicUrl` knows.
 */
export function basePathOf(exchange: Exchange, segmentsBelow: number, publicUrl: URL | undefined): string {
  if (publicUrl !== undefined) return publicUrl.pathname.replace(/\/+$/, '');
  const path = pathOf(exchange.url);
  const segments = path.split('/').filter((segment) => segment !== '');
  const base = segments.slice(0, Math.max(0, segments.length - segmentsBelow));
  const text = base.map((segment) => `/${segment}`).join('');
  return HARMLESS.test(text) ? text : '';
}

export function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? '';
}

/** Whether the browser came by HTTPS, as far as that can be known. */
export function isSecureExchange({ raw }: Exchange, publicUrl: URL | undefined): boolean {
  if (publicUrl !== undefined) return publicUrl.protocol === 'https:';
  return (raw.socket as Partial<TLSSocket> | undefined)?.encrypted === true;
}
