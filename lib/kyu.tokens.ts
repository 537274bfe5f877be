import type { InjectionToken } from '@nestjs/common';
import { DEFAULT_INSTANCE } from './core/option-defaults.js';

/** The token under which an instance's provider is found: the class itself for the one without a name. */
export function tokenFor(
  provider: abstract new (...parts: never[]) => unknown,
  instance?: string,
): InjectionToken {
  if (instance === undefined || instance === DEFAULT_INSTANCE) return provider;
  return `KYU:${instance}:${provider.name}`;
}
