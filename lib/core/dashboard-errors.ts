import { KyuError } from './kyu-error.js';

/** The dashboard was to be mounted in production with nothing that keeps anybody out. */
export class DashboardOpenError extends KyuError {
  constructor(path: string) {
    super('KYU_DASHBOARD_OPEN', `The dashboard at "/${path}" was not mounted: everybody could use it.`, {
      field: 'access',
      remedy:
        "Give KyuDashboardModule guards, basicAuth, oauth or access; access: 'open' says that everybody may, and " +
        'belongs behind something else that keeps people out.',
    });
  }
}

/** A package that is optional is needed here, and is not installed. */
export class PackageMissingError extends KyuError {
  constructor(what: string, name: string, cause?: unknown) {
    super('KYU_PACKAGE_MISSING', `${what} needs the package ${name}, which is not installed.`, {
      field: name,
      remedy: `Install it: npm install ${name}`,
      cause,
    });
  }
}
