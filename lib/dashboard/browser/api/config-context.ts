import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { DashboardConfig, Permission } from '../../contract.js';

export const ConfigContext = createContext<DashboardConfig | undefined>(undefined);

/** What the server told about itself and this account; the pages are shown only when it is known. */
export function useConfig(): DashboardConfig {
  const config = useContext(ConfigContext);
  if (config === undefined) throw new Error('The configuration is read before any page is shown.');
  return config;
}

/** Whether this account may do something: what it may not is not offered. */
export function useMay(permission: Permission): boolean {
  const { permissions, readOnly } = useConfig();
  return (
    permissions.includes(permission) && (!readOnly || permission === 'read' || permission === 'payloads')
  );
}
