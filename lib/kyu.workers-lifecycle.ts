import type { InjectionToken, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { KyuLifecycle } from './kyu.lifecycle.js';

/** The root module has the distance 1. */
const NEARER_THAN_THE_ROOT = -1;

/**
 * The hooks of the workers, in a module of their own because they have to come last at a start and first at a shutdown:
 * a handler may need whatever the application opens in `onApplicationBootstrap` or closes in `onModuleDestroy`.
 */
export class KyuWorkersLifecycle implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(private readonly lifecycle: KyuLifecycle) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.lifecycle.startWorkers();
  }

  async onModuleDestroy(): Promise<void> {
    await this.lifecycle.stopWorkers();
  }
}

/**
 * Nest calls the hooks of a start from the farthest module to the root, and those of a shutdown from the root to the
 * farthest; global modules count as farthest of all. The module that provides this token becomes the nearest.
 * Nest does not document the distance: without it the hooks would come where those of any module come.
 */
export function comeNearest(modules: ModulesContainer, token: InjectionToken): void {
  for (const module of modules.values()) {
    if (module.providers.has(token)) module.distance = NEARER_THAN_THE_ROOT;
  }
}
