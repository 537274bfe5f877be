import {
  Inject,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type InjectionToken,
  type Type,
} from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, type AbstractHttpAdapter } from '@nestjs/core';
import { KyuFrontDoor } from '../kyu.front-door.js';
import { tokenFor } from '../kyu.tokens.js';
import { Gatekeeper } from './access/gatekeeper.js';
import { LoginDesk } from './access/login-desk.js';
import { LedgerSessionStore } from './access/ledger-session-store.js';
import type { SessionStore } from './access/session-store.js';
import { MemorySessionStore } from './access/memory-session-store.js';
import { keepBodiesAside } from './bodies-aside.js';
import { controllersFor, fitWildcards, type MountControllers } from './controllers.js';
import { Dashboard } from './dashboard.js';
import { DashboardPages } from './dashboard-pages.js';
import type {
  DashboardPlace,
  DashboardSettings,
  KyuDashboardAsyncOptions,
  KyuDashboardOptions,
  ResolvedDashboardOptions,
} from './dashboard.options.js';
import { resolveDashboardOptions } from './resolve-dashboard-options.js';
import { PageFiles } from './http/page-files.js';
import { LedgerGlancer } from './live/ledger-glance.js';
import { LiveEvents } from './live/live-events.js';

const OPTIONS = 'kyu:dashboard-options';

/**
 * The dashboard and its REST API, served by the application's own HTTP server under a path of its choice. The guards of
 * the application stand before every page, asset, answer and stream of it.
 * @example
 * KyuDashboardModule.forRoot({ path: 'admin/kyu', guards: [AdminGuard] })
 */
@Module({})
export class KyuDashboardModule {
  /**
   * @param environment whose rules hold; default: `NODE_ENV`
   * @throws KyuConfigError with every mistake at once
   * @throws DashboardOpenError in production, when nothing keeps anybody out
   */
  static forRoot(
    options: KyuDashboardOptions = {},
    environment: string | undefined = process.env['NODE_ENV'],
  ): DynamicModule {
    const { guards, instance, imports, path: _, ...settings } = options;
    const resolved = resolveDashboardOptions(settings, options, environment);
    return assemble(
      { ...(guards && { guards }), ...(instance && { instance }), ...(imports && { imports }) },
      { provide: OPTIONS, useFactory: () => resolved },
      resolved.path,
    );
  }

  /** The same with settings that a factory answers; where it is mounted has to be said beside it. */
  static forRootAsync({ inject = [], useFactory, ...place }: KyuDashboardAsyncOptions): DynamicModule {
    // The place is checked now, the rest when it is known; what keeps people out may still come.
    const { path } = resolveDashboardOptions({ access: 'open' }, place);
    const make = useFactory as (...services: unknown[]) => DashboardSettings | Promise<DashboardSettings>;
    return assemble(
      place,
      {
        provide: OPTIONS,
        inject: [...inject] as InjectionToken[],
        useFactory: async (...services: unknown[]) => resolveDashboardOptions(await make(...services), place),
      },
      path,
    );
  }
}

function assemble(
  { guards, instance, imports = [] }: DashboardPlace,
  options: FactoryProvider<ResolvedDashboardOptions | Promise<ResolvedDashboardOptions>>,
  path: string,
): DynamicModule {
  const controllers = controllersFor(path, guards);
  return {
    module: mountClass(),
    imports: [...imports],
    controllers: [controllers.api, controllers.pages],
    providers: [
      options,
      {
        provide: LiveEvents,
        inject: [tokenFor(KyuFrontDoor, instance)],
        useFactory: (kyu: KyuFrontDoor) => openLiveEvents(kyu),
      },
      {
        provide: LoginDesk,
        inject: [OPTIONS, tokenFor(KyuFrontDoor, instance)],
        useFactory: deskFor,
      },
      {
        provide: Gatekeeper,
        inject: [OPTIONS, LoginDesk],
        useFactory: (resolved: ResolvedDashboardOptions, desk: LoginDesk | null) =>
          new Gatekeeper(resolved, desk ?? undefined),
      },
      {
        provide: Dashboard,
        inject: [
          tokenFor(KyuFrontDoor, instance),
          OPTIONS,
          LiveEvents,
          LoginDesk,
          Gatekeeper,
          HttpAdapterHost,
          ApplicationConfig,
        ],
        useFactory: (
          kyu: KyuFrontDoor,
          resolved: ResolvedDashboardOptions,
          live: LiveEvents,
          desk: LoginDesk | null,
          gatekeeper: Gatekeeper,
          { httpAdapter }: HttpAdapterHost,
          config: ApplicationConfig,
        ) => {
          fitTo(httpAdapter, config, path, controllers);
          return new Dashboard({ kyu, options: resolved, live, desk: desk ?? undefined }, gatekeeper);
        },
      },
      {
        provide: DashboardPages,
        inject: [OPTIONS, Gatekeeper],
        useFactory: (resolved: ResolvedDashboardOptions, gatekeeper: Gatekeeper) =>
          new DashboardPages(resolved, gatekeeper, PageFiles.load()),
      },
    ],
  };
}

/** A class for each mount: Nest knows modules by their class, and two mounts are two modules. */
function mountClass(): Type<unknown> {
  @Module({})
  class KyuDashboardMount {
    constructor(@Inject(LiveEvents) private readonly live: LiveEvents) {}

    /** Open streams would hold the HTTP server open for ever. */
    onModuleDestroy(): void {
      this.live.close();
    }
  }
  return KyuDashboardMount;
}

function openLiveEvents(kyu: KyuFrontDoor): LiveEvents {
  const glancer = new LedgerGlancer(kyu);
  return new LiveEvents({ clock: kyu.clock, glance: () => glancer.look() });
}

/** What depends on the framework. It is known while providers are made, and routes are made afterwards. */
function fitTo(
  adapter: AbstractHttpAdapter | undefined,
  config: ApplicationConfig,
  path: string,
  controllers: MountControllers,
): void {
  // An application without HTTP has nobody to answer.
  if (adapter === undefined || adapter === null) return;
  keepBodiesAside(adapter, config, path);
  fitWildcards(controllers, adapter.getType());
}

/** Nest has no word for a provider that is not there but `null`. */
function deskFor(
  { oauth, sessions, publicUrl }: ResolvedDashboardOptions,
  kyu: KyuFrontDoor,
): LoginDesk | null {
  if (oauth === undefined || publicUrl === undefined) return null;
  return new LoginDesk({ oauth, publicUrl, store: storeFor(sessions, kyu), logger: kyu.logger });
}

function storeFor(sessions: ResolvedDashboardOptions['sessions'], kyu: KyuFrontDoor): SessionStore {
  if (sessions === 'ledger') return new LedgerSessionStore(kyu.sessions);
  return sessions === 'memory' ? new MemorySessionStore() : sessions;
}
