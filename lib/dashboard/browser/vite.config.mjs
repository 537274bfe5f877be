import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/**
 * Builds the pages into files that any server can hand out under any path: relative addresses, hashed names,
 * nothing inline, nothing from outside.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: fileURLToPath(new URL('../../../dist/lib/dashboard/assets', import.meta.url)),
    emptyOutDir: true,
    assetsDir: '.',
    // A picture as a data address would be inline; the favicon is a file.
    assetsInlineLimit: 0,
    modulePreload: false,
    target: ['chrome123', 'firefox120', 'safari17.5'],
    reportCompressedSize: false,
  },
});
