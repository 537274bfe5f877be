import {
  Inject,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type InjectionToken,
  type Type,
} from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { KyuFrontDoor } from '../kyu.front-door.js';
import { tokenFor } from '../kyu.tokens.js';
import { Gatekeeper } from './access/gatekeeper.js';
import { LoginDesk } from './access/login-desk.js';
import { MemorySessionStore } from './access/memory-session-store.js';
import { keepBodiesAside } from './bodies-aside.js';
import { controllersFor } from './controllers.js';
import { Dashboard } from './dashboard.js';
import { DashboardPages } from './dashboard-pages.js';
import {
  resolveDashboardOptions,
  type DashboardPlace,
  type DashboardSettings,
  type KyuDashboardAsyncOptions,
  type KyuDashboardOptions,
  type ResolvedDashboardOptions,
} from './dashboard.options.js';
import { PageFiles } from './http/page-files.js';
import { glanceAt } from './live/ledger-glance.js';
import { LiveEvents } from './live/live-events.js';

const OPTIONS = 'KYU_DASHBOARD_OPTIONS';

/**
 * The dashboard and its REST API, served by the application's own HTTP server under a path of its choice. The guards of
 * the application stand before every page, asset, answer and stream of it.
 * @example
 * KyuDashboardModule.forRoot({ path: 'admin/kyu', guards: [AdminGuard] })
 */
@Module({})
export class KyuDashboardModule {
  /**
   * @throws KyuConfigError with every mistake at once
   * @throws DashboardOpenError in production, when nothing keeps anybody out
   */
  static forRoot(options: KyuDashboardOptions = {}): DynamicModule {
    const { guards, instance, imports, path: _, ...settings } = options;
    const resolved = resolveDashboardOptions(settings, options);
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
  return {
    module: mountClass(),
    imports: [...imports],
    controllers: controllersFor(path, guards),
    providers: [
      options,
      {
        provide: LiveEvents,
        inject: [tokenFor(KyuFrontDoor, instance)],
        useFactory: (kyu: KyuFrontDoor) => new LiveEvents({ clock: kyu.clock, glance: () => glanceAt(kyu) }),
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
        useFactory: openDashboard,
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

function openDashboard(
  kyu: KyuFrontDoor,
  options: ResolvedDashboardOptions,
  live: LiveEvents,
  desk: LoginDesk | null,
  gatekeeper: Gatekeeper,
  host: HttpAdapterHost,
  config: ApplicationConfig,
): Dashboard {
  keepBodiesAside(host, config, options.path);
  return new Dashboard({ kyu, options, live, desk: desk ?? undefined }, gatekeeper);
}

/** Nest has no word for a provider that is not there but `null`. */
function deskFor(
  { oauth, sessions, publicUrl }: ResolvedDashboardOptions,
  kyu: KyuFrontDoor,
): LoginDesk | null {
  if (oauth === undefined || publicUrl === undefined) return null;
  return new LoginDesk({ oauth, publicUrl, store: sessions ?? new MemorySessionStore(), logger: kyu.logger });
}
