import { describe, expect, it } from 'vitest';
import { DASHBOARD_ROUTES } from '../../lib/dashboard.js';
import { PERMISSIONS } from '../../lib/dashboard/access/permissions.js';
import { API_CODES } from '../../lib/dashboard/refusal.js';
import { readText } from '../support/deploy/repository.js';
import { plain, section, tableRows } from '../support/docs/markdown.js';
import { interfaceKeys } from '../support/docs/source-facts.js';

const page = readText('docs/rest-api.md');
const dashboard = readText('docs/dashboard.md');

describe('docs/rest-api.md', () => {
  it('F91 has every route with its permission and what it says of itself, and no other', () => {
    const documented = tableRows(section(page, 'Routes')).map((row) => {
      return `${plain(row['Route'])} | ${plain(row['Permission'])} | ${plain(row['Answers'])}`;
    });
    const served = DASHBOARD_ROUTES.map(({ method, path, permission, summary }) => {
      return `${method} ${path} | ${permission} | ${plain(summary)}`;
    });
    expect(documented.sort()).toEqual(served.sort());
  });

  it('F91 has every refusal of the API, and no other', () => {
    const documented = tableRows(section(page, 'Refusals')).map((row) => plain(row['Code']));
    expect(documented.sort()).toEqual(API_CODES.map((code) => `KYU_API_${code}`).sort());
  });
});

describe('docs/dashboard.md', () => {
  it('has every option, and no other', () => {
    const OPTIONS = 'lib/dashboard/dashboard.options.ts';
    const keys = [
      ...interfaceKeys(OPTIONS, 'DashboardSettings'),
      ...interfaceKeys(OPTIONS, 'DashboardPlace'),
    ];
    const documented = tableRows(section(dashboard, 'Options')).map((row) => plain(row['Option']));
    expect(documented.sort()).toEqual(keys.map(({ name }) => name).sort());
  });

  it('F94 has every permission, and no other', () => {
    const documented = tableRows(section(dashboard, 'Who may do what')).map((row) =>
      plain(row['Permission']),
    );
    expect(documented).toEqual(PERMISSIONS);
  });
});
