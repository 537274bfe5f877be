import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../bench/command-line.js';

describe('the command line of the benchmarks', () => {
  it('measures everything, with peers, unless it is told otherwise', () => {
    expect(readCommandLine([])).toMatchObject({
      form: 'full',
      only: [],
      withPeers: true,
      jsonFile: undefined,
    });
  });

  it('knows its options', () => {
    const words = [
      '--quick',
      '--only',
      'process,latency',
      '--only',
      'bulk',
      '--json',
      'x.json',
      '--without-peers',
    ];
    expect(readCommandLine(words)).toMatchObject({
      form: 'quick',
      only: ['process', 'latency', 'bulk'],
      withPeers: false,
      jsonFile: 'x.json',
    });
  });

  it('needs no peers to see whether everything runs', () => {
    expect(readCommandLine(['--smoke'])).toMatchObject({ form: 'smoke', withPeers: false });
    expect(readCommandLine(['--smoke', '--with-peers'])).toMatchObject({ withPeers: true });
  });

  it('names the benchmarks when it does not know one', () => {
    expect(() => readCommandLine(['--only', 'proces'])).toThrow(/no benchmark "proces".*process, enqueue/);
  });

  it('refuses options that it does not know', () => {
    expect(() => readCommandLine(['--fast'])).toThrow(/--fast/);
  });

  it('has a usage', () => {
    expect(readCommandLine(['--help'])).toBeUndefined();
  });
});
