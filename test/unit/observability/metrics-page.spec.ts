import { describe, expect, it } from 'vitest';
import { readMetricsPage, valueOf } from '../../support/observability/metrics-page.js';

const HEAD = '# HELP a_total Help.\n# TYPE a_total counter\n';
const HISTOGRAM = [
  '# HELP h Help.',
  '# TYPE h histogram',
  'h_bucket{le="1"} 2',
  'h_bucket{le="+Inf"} 3',
  'h_sum 4.5',
  'h_count 3',
];

/** The other tests trust this reader, and where Prometheus is missing it is the judge of the page. */
describe('the reader of metric pages', () => {
  it('reads names, labels and values', () => {
    const page = readMetricsPage(
      `${HEAD}a_total{x="1",y="q\\"b\\\\n\\n"} 2.5e-7\n\n${HISTOGRAM.join('\n')}\n`,
    );

    expect(page.get('a_total')).toMatchObject({ type: 'counter', help: 'Help.' });
    expect(valueOf(page, 'a_total', { y: 'q"b\\n\n', x: '1' })).toBe(2.5e-7);
    expect(valueOf(page, 'h_bucket', { le: '+Inf' })).toBe(3);
    expect(valueOf(page, 'h_sum')).toBe(4.5);
    expect(valueOf(page, 'a_total', { x: '1' })).toBeUndefined();
  });

  it.each([
    ['no end of line', `${HEAD}a_total 1`],
    ['a series before its family', `a_total 1\n${HEAD}`],
    ['a series of another family', `${HEAD}b_total 1\n`],
    ['no value', `${HEAD}a_total \n`],
    ['a value that is none', `${HEAD}a_total undefined\n`],
    ['an open label', `${HEAD}a_total{x="1} 1\n`],
    ['a bare quote in a label', `${HEAD}a_total{x="a"b"} 1\n`],
    ['a label twice', `${HEAD}a_total{x="1",x="2"} 1\n`],
    ['a series twice', `${HEAD}a_total{x="1",y="2"} 1\na_total{y="2",x="1"} 1\n`],
    ['a family twice', `${HEAD}a_total 1\n${HEAD}`],
    ['no type', '# HELP a_total Help.\na_total 1\n'],
    ['an unknown type', '# HELP a_total Help.\n# TYPE a_total number\na_total 1\n'],
    ['no help', '# HELP a_total\n# TYPE a_total counter\na_total 1\n'],
    ['a name with a dash', '# HELP a-b Help.\n# TYPE a-b gauge\n'],
    ['a histogram that falls', `${HISTOGRAM.join('\n').replace('} 2', '} 4')}\n`],
    ['a histogram whose count is off', `${HISTOGRAM.join('\n').replace('count 3', 'count 4')}\n`],
    ['a histogram without an end', `${HISTOGRAM.filter((line) => !line.includes('Inf')).join('\n')}\n`],
    ['a histogram without a sum', `${HISTOGRAM.filter((line) => !line.includes('sum')).join('\n')}\n`],
  ])('refuses %s', (_what, text) => {
    expect(() => readMetricsPage(text)).toThrow(Error);
  });
});
