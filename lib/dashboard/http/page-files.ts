import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { extname } from 'node:path';

/** One file that was built, with everything that its answer needs. */
export interface PageFile {
  readonly type: string;
  readonly tag: string;
  readonly bytes: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
  '.json': 'application/json; charset=utf-8',
};
const INDEX = 'index.html';
/** However a formatter closes the element. */
const EMPTY_BASE = /<meta name="kyu-base" content=""\s*\/?>/;

/**
 * The built pages: a flat folder, read whole at the start, so that no request ever names a file of the disk. While this
 * package is developed they lie in dist.
 */
export class PageFiles {
  private constructor(
    private readonly index: string | undefined,
    private readonly files: ReadonlyMap<string, PageFile>,
  ) {}

  static load(folders: readonly URL[] = FOLDERS): PageFiles {
    for (const folder of folders) {
      const names = namesIn(folder);
      if (!names.includes(INDEX)) continue;
      const read = (name: string) => readFileSync(new URL(encodeURIComponent(name), folder));
      const known = names.filter((name) => extname(name) in TYPES);
      return new PageFiles(
        read(INDEX).toString('utf8'),
        new Map(known.map((name) => [name, fileOf(name, read(name))])),
      );
    }
    return new PageFiles(undefined, new Map());
  }

  file(name: string): PageFile | undefined {
    return this.files.get(name);
  }

  /** The page that every address of the dashboard begins with; it learns where it is mounted. */
  page(base: string): string {
    if (this.index === undefined) return NOT_BUILT;
    return this.index
      .replace(EMPTY_BASE, `<meta name="kyu-base" content="${escapeAttribute(base)}">`)
      .replaceAll('="./', `="${escapeAttribute(base)}/assets/`);
  }
}

const FOLDERS = [new URL('./assets/', new URL('../', import.meta.url))].concat(
  new URL('../../../dist/lib/dashboard/assets/', import.meta.url),
);

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Kyu</title>
<h1>The pages of the dashboard are not built</h1>
<p>The API below api/v1 works. Build the pages with <code>npm run build</code>, and start the application again.</p>
</html>
`;

function namesIn(folder: URL): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function fileOf(name: string, bytes: Buffer): PageFile {
  const tag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  return { type: TYPES[extname(name)] ?? 'application/octet-stream', tag, bytes };
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
