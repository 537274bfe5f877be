import { describe, expect, it } from 'vitest';
import { filesBelow, readSource } from '../support/sources/module-graph.js';

/** The files of a floor run in the same processes, one after another: what is in these words outlives its file. */
const LASTING: readonly (readonly [deed: string, trace: RegExp, undoing?: RegExp])[] = [
  ['replaces a module', /\bvi\.(?:mock|doMock|hoisted|resetModules)\(/],
  ['changes a prototype', /\.prototype(?:\.\w+|\[[^\]]+\]) = /],
  ['writes to the environment', /\bprocess\.env(?:\.\w+|\[[^\]]+\]) \??\??= |\bdelete process\.env\b/],
  ['goes to another folder', /\bprocess\.chdir\(/],
  ['replaces something global', /\bglobalThis(?:\.\w+|\[[^\]]+\]) = |\bvi\.stubGlobal\(/],
  ['turns the clock', /\bvi\.useFakeTimers\(/, /\bvi\.useRealTimers\(/],
  ['stubs the environment', /\bvi\.stubEnv\(/, /\bvi\.unstubAllEnvs\(/],
  ['listens to its process', /\bprocess\.(?:on|addListener|prependListener)\(/, /\bprocess\.off\(/],
];

/** Those of a floor whose files share their processes. */
function sharingSpecs(): string[] {
  return filesBelow('test', '.spec.ts').filter(
    (file) => !/^test\/(?:fault|browser|bench)\/|\.alone\.spec\.ts$/.test(file),
  );
}

function tracesIn(file: string, text: string): string[] {
  return LASTING.filter(([, trace, undoing]) => trace.test(text) && undoing?.test(text) !== true).map(
    ([deed]) => `${file} ${deed} and does not take it back; is it an .alone.spec.ts?`,
  );
}

describe('the files that share a process', () => {
  it('leave nothing behind in it', () => {
    const files = sharingSpecs().filter((file) => !file.endsWith('shared-processes.spec.ts'));
    expect(files.length).toBeGreaterThan(200);
    expect(files.flatMap((file) => tracesIn(file, readSource(file)))).toEqual([]);
  });

  it.each([
    "vi.mock('pg', () => ({}));",
    'Socket.prototype.connect = () => socket;',
    "process.env['PORT'] = '1';",
    "delete process.env['PORT'];",
    'globalThis.fetch = answer;',
    "vi.useFakeTimers({ toFake: ['Date'] });",
    "vi.stubEnv('PORT', '');",
    "process.on('unhandledRejection', collect);",
  ])('would be seen: %s', (text) => {
    expect(tracesIn('test/unit/x.spec.ts', text)).toHaveLength(1);
  });

  it.each([
    "vi.stubEnv('PORT', ''); vi.unstubAllEnvs();",
    "process.on('warning', hear); process.off('warning', hear);",
    "if (process.env['PORT'] === '1') return;",
  ])('may do this: %s', (text) => {
    expect(tracesIn('test/unit/x.spec.ts', text)).toEqual([]);
  });
});
