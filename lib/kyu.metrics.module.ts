import { Controller, Get, Header, Inject, Module, type DynamicModule, type Type } from '@nestjs/common';
import { Registry } from 'prom-client';
import { DEFAULT_INSTANCE } from './core/option-defaults.js';
import { KyuMetricsHost } from './kyu.metrics-host.js';
import { tokenFor } from './kyu.tokens.js';

/** Options of `KyuMetricsModule.forRoot`. */
export interface KyuMetricsModuleOptions {
  /** Where the page is served. Default `/metrics`. */
  path?: string;
  /** The application's own registry: its metrics appear on the same page. */
  registry?: Registry;
  /** The Kyu instance whose metrics are shown. Default: the one without a name. */
  instance?: string;
}

/**
 * Serves Kyu's metrics from the application's own HTTP server. Use it instead of `metricsPort` when the application
 * has one; the application's guards apply.
 * @example
 * KyuMetricsModule.forRoot({ path: '/metrics' })
 */
@Module({})
export class KyuMetricsModule {
  static forRoot(options: KyuMetricsModuleOptions = {}): DynamicModule {
    return { module: KyuMetricsModule, controllers: [controllerFor(options)] };
  }
}

/** A class for each call, because a path belongs to a class. */
function controllerFor({ path = '/metrics', registry, instance }: KyuMetricsModuleOptions): Type<unknown> {
  @Controller(path)
  class KyuMetricsController {
    constructor(
      @Inject(tokenFor(KyuMetricsHost, instance ?? DEFAULT_INSTANCE)) private readonly host: KyuMetricsHost,
    ) {}

    /** Counting begins with the application, not with the first scrape. */
    async onModuleInit(): Promise<void> {
      await this.host.get();
    }

    @Get()
    @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
    async page(): Promise<string> {
      const metrics = await this.host.get();
      if (registry === undefined) return metrics.text();
      return Registry.merge([registry, metrics.registry]).metrics();
    }
  }
  return KyuMetricsController;
}
