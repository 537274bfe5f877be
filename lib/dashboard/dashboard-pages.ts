import { createHash } from 'node:crypto';
import type { Gatekeeper } from './access/gatekeeper.js';
import type { ResolvedDashboardOptions } from './dashboard.options.js';
import { PAGE_HEADERS } from './http/answers.js';
import { basePathOf } from './http/base-path.js';
import type { Exchange, HttpAnswer } from './http/exchange.js';
import type { PageFiles } from './http/page-files.js';
import { ApiRefusal } from './refusal.js';

const YEAR_SECONDS = 31_536_000;

/** Answers with the pages and their files. */
export class DashboardPages {
  constructor(
    private readonly options: ResolvedDashboardOptions,
    private readonly gatekeeper: Gatekeeper,
    private readonly files: PageFiles,
  ) {}

  /** The page; what it shows it asks the API for. */
  async page(exchange: Exchange): Promise<void> {
    await this.admitted(exchange, () => {
      const words = exchange.rest.split('/').filter((word) => word !== '');
      if (isNoPage(words)) return plain(404, 'There is no such page.\n');
      const html = this.files.page(basePathOf(exchange, words.length, this.options.publicUrl));
      const tag = `"${createHash('sha256').update(html).digest('base64url')}"`;
      const headers = {
        ...PAGE_HEADERS,
        'cache-control': 'no-cache',
        'content-type': 'text/html; charset=utf-8',
      };
      return unlessKnown(exchange, tag, { status: 200, headers, body: html });
    });
  }

  /** A file whose name holds the digest of what is in it, so it never changes. */
  async file(exchange: Exchange, name: string): Promise<void> {
    await this.admitted(exchange, () => {
      const file = this.files.file(name);
      if (file === undefined) return plain(404, 'There is no such file.\n');
      const headers = {
        ...PAGE_HEADERS,
        'cache-control': `private, max-age=${YEAR_SECONDS}, immutable`,
        'content-type': file.type,
      };
      return unlessKnown(exchange, file.tag, { status: 200, headers, body: file.bytes });
    });
  }

  /** Where people log in by way of a page, it is there for everybody; nothing is in it but how to ask. */
  private async admitted(exchange: Exchange, answer: () => HttpAnswer): Promise<void> {
    try {
      const visitor = await this.gatekeeper.recognize(exchange);
      if (this.options.authentication !== 'oauth') this.gatekeeper.refuse(visitor, { permission: 'read' });
      exchange.send(answer());
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      exchange.send({ ...plain(error.status, `${error.message}\n`, error.headers) });
    }
  }
}

/** Nobody follows a link with dots in it, and what looks like the API must not be answered with a page. */
function isNoPage(words: readonly string[]): boolean {
  return words[0]?.toLowerCase() === 'api' || words.some((word) => /^(?:\.|%2e){1,2}$/i.test(word));
}

function unlessKnown(exchange: Exchange, tag: string, answer: HttpAnswer): HttpAnswer {
  const known = exchange.headers['if-none-match']?.split(/\s*,\s*/) ?? [];
  const headers = { ...answer.headers, etag: tag };
  const isKnown = known.some((one) => one.replace(/^W\//, '') === tag);
  return isKnown ? { status: 304, headers, body: '' } : { ...answer, headers };
}

function plain(status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  const type = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  return { status, headers: { ...PAGE_HEADERS, ...type, ...headers }, body };
}
