import type { ApplicationConfig } from '@nestjs/core';
import {
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  INTERCEPTORS_METADATA,
  PIPES_METADATA,
  type InstanceWrapper,
} from './nest-internals.js';

/** What Nest calls an enhancer: something that is put around a handler. */
export type EnhancerKind = 'guard' | 'interceptor' | 'pipe' | 'filter';

/** Where enhancers of a kind are declared, and how they are recognised. */
export interface EnhancerPlace {
  readonly metadataKey: string;
  readonly methodName: string;
  /** `useGlobal…()` and `APP_…` of singletons. */
  readonly globals: (config: ApplicationConfig) => readonly object[];
  /** `APP_…` of request-scoped and transient providers. */
  readonly scopedGlobals: (config: ApplicationConfig) => readonly InstanceWrapper[];
}

/** The four kinds. */
export const ENHANCER_KINDS: readonly EnhancerKind[] = ['guard', 'interceptor', 'pipe', 'filter'];

/** Nest's own table of them, with one line for each kind. */
export const ENHANCER_PLACES: Readonly<Record<EnhancerKind, EnhancerPlace>> = {
  guard: {
    metadataKey: GUARDS_METADATA,
    methodName: 'canActivate',
    globals: (config) => config.getGlobalGuards(),
    scopedGlobals: (config) => config.getGlobalRequestGuards(),
  },
  interceptor: {
    metadataKey: INTERCEPTORS_METADATA,
    methodName: 'intercept',
    globals: (config) => config.getGlobalInterceptors(),
    scopedGlobals: (config) => config.getGlobalRequestInterceptors(),
  },
  pipe: {
    metadataKey: PIPES_METADATA,
    methodName: 'transform',
    globals: (config) => config.getGlobalPipes(),
    scopedGlobals: (config) => config.getGlobalRequestPipes(),
  },
  filter: {
    metadataKey: EXCEPTION_FILTERS_METADATA,
    methodName: 'catch',
    globals: (config) => config.getGlobalFilters(),
    scopedGlobals: (config) => config.getGlobalRequestFilters(),
  },
};
