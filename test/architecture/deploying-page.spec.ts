import { describe, expect, it } from 'vitest';
import { OPTION_DEFAULTS } from '../../lib/core/option-defaults.js';
import { settingsSchema } from '../../sample/000-quick-start/app/settings.js';
import { composeFile, publishedPorts } from '../support/deploy/compose-file.js';
import { boards } from '../support/deploy/grafana-files.js';
import { prometheusConfig, rules } from '../support/deploy/prometheus-files.js';
import { readText } from '../support/deploy/repository.js';
import { codeBlocks, plain, section, tableRows } from '../support/docs/markdown.js';
import { parseAllDocuments } from 'yaml';

describe('docs/deploying.md', () => {
  const page = readText('docs/deploying.md');

  it('F119 has every service with its addresses, and no other', () => {
    const file = composeFile();
    const rows = tableRows(section(page, 'The stack'));

    expect(rows.map((row) => plain(row['Service'])).sort()).toEqual(Object.keys(file.services).sort());
    for (const row of rows) {
      const named = [...(row['Address'] ?? '').matchAll(/localhost:(\d+)/g)].map(([, port]) => Number(port));
      const service = plain(row['Service']);
      const open = publishedPorts(file).filter((port) => port.service === service);
      expect(named, service).toEqual(open.map(({ hostPort }) => hostPort));
    }
  });

  it('F122 has every variable that the sample reads, with its default, and no other', () => {
    const documented = Object.fromEntries(
      tableRows(section(page, 'Environment')).map((row) => [plain(row['Variable']), plain(row['Default'])]),
    );
    const defaults: Record<string, string | number | undefined> = settingsSchema.parse({});
    const read = Object.keys(settingsSchema.shape).map((name) => [name, String(defaults[name] ?? '') || '–']);

    expect(documented).toEqual(Object.fromEntries(read));
  });

  it('F110 has every board with its address, and no other', () => {
    const documented = tableRows(section(page, 'Boards')).map((row) => [
      plain(row['Board']),
      plain(row['Address']),
    ]);

    expect(documented).toEqual(boards().map(({ title, uid }) => [title, `/d/${uid}`]));
  });

  it('has every alert with its severity, what it means, where to look and what to do, and no other', () => {
    const rows = tableRows(section(page, 'Alerts'));
    const shipped = rules().flatMap(({ alert, labels }) =>
      alert === undefined ? [] : [`${alert}: ${labels?.['severity']}`],
    );
    const documented = rows.map((row) => `${plain(row['Alert'])}: ${plain(row['Severity'])}`);

    expect(documented.sort()).toEqual(shipped.sort());
    for (const row of rows) {
      for (const column of ['Meaning', 'First look', 'Remedy']) {
        expect(plain(row[column]).length, `${row['Alert']}: ${column}`).toBeGreaterThan(10);
      }
    }
  });

  it('knows the scrape job that the rules ask for', () => {
    const [scrape] = prometheusConfig().scrape_configs;

    expect(section(page, 'Boards')).toContain(`the scrape job has to be called \`${scrape?.job_name}\``);
  });

  it('F121 gives pods more time than running jobs get', () => {
    const manifests = codeBlocks(page)
      .filter(({ language }) => language === 'yaml')
      .flatMap(({ code }) => parseAllDocuments(code).map((document) => document.toJS() as Manifest));
    const periods = manifests.map(({ spec }) => (spec.template ?? spec.jobTemplate?.spec.template)?.spec);

    expect(manifests.map(({ kind }) => kind)).toEqual(['Deployment', 'CronJob']);
    for (const pod of periods) {
      expect((pod?.terminationGracePeriodSeconds ?? 0) * 1_000).toBeGreaterThan(
        OPTION_DEFAULTS.shutdownGraceMs + 3_000,
      );
    }
  });
});

interface PodTemplate {
  readonly spec: { readonly terminationGracePeriodSeconds?: number };
}

interface Manifest {
  readonly kind: string;
  readonly spec: {
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
  };
}
