import {
  All,
  Catch,
  Controller,
  Get,
  Inject,
  Req,
  RequestMapping,
  RequestMethod,
  Res,
  UseFilters,
  UseGuards,
  VERSION_NEUTRAL,
  type ArgumentsHost,
  type ExceptionFilter,
  type Type,
} from '@nestjs/common';
import { Dashboard } from './dashboard.js';
import { DashboardPages } from './dashboard-pages.js';
import type { DashboardPlace } from './dashboard.options.js';
import { exchangeOf } from './http/exchange.js';
import { ROUTES } from './routes/routes.js';
import type { RouteMethod } from './routes/route.js';

const METHODS: Readonly<Record<RouteMethod, RequestMethod>> = {
  GET: RequestMethod.GET,
  POST: RequestMethod.POST,
  PUT: RequestMethod.PUT,
  PATCH: RequestMethod.PATCH,
  DELETE: RequestMethod.DELETE,
};

/** Classes of one mount: a path and guards belong to a class. Ordinary controllers, so the guards of the application stand before them. */
export function controllersFor(path: string, guards: DashboardPlace['guards'] = []): MountControllers {
  return { api: apiController(path, guards), pages: pageController(path, guards) };
}

type Handler<Instance> = (this: Instance, request: unknown, response: unknown) => Promise<void>;

/** The methods whose path is everything below a mount. */
const REST = 'rest';

/**
 * The frameworks do not write wildcards alike. Which of them it is is known when the providers are made, which is
 * before routes are; until then the path is only a placeholder.
 */
export function fitWildcards(controllers: MountControllers, framework: string): void {
  const everything = framework === 'fastify' ? '*' : '*rest';
  mapAgain(controllers.api, All(everything));
  mapAgain(controllers.pages, Get(everything));
}

function mapAgain(controller: Type<unknown>, map: MethodDecorator): void {
  const target = controller.prototype as object;
  const descriptor = Object.getOwnPropertyDescriptor(target, REST);
  if (descriptor !== undefined) map(target, REST, descriptor);
}

/** The classes of one mount. */
export interface MountControllers {
  readonly api: Type<unknown>;
  readonly pages: Type<unknown>;
}

function apiController(path: string, guards: NonNullable<DashboardPlace['guards']>): Type<unknown> {
  class KyuDashboardApi {
    constructor(@Inject(Dashboard) readonly dashboard: Dashboard) {}
  }
  for (const route of ROUTES) {
    const map = RequestMapping({ method: METHODS[route.method], path: route.path });
    addHandler<KyuDashboardApi>(KyuDashboardApi, route.name, map, function (request, response) {
      return this.dashboard.answer(route, exchangeOf(request, response));
    });
  }
  for (const [name, path] of [
    ['root', ''],
    [REST, ':rest'],
  ] as const) {
    addHandler<KyuDashboardApi>(KyuDashboardApi, name, All(path), function (request, response) {
      return this.dashboard.answerUnknown(exchangeOf(request, response));
    });
  }
  UseFilters(RefusalFilter)(KyuDashboardApi);
  return place(KyuDashboardApi, `${path}/api/v1`, guards);
}

function pageController(path: string, guards: NonNullable<DashboardPlace['guards']>): Type<unknown> {
  class KyuDashboardPages {
    constructor(@Inject(DashboardPages) readonly pages: DashboardPages) {}
  }
  addHandler<KyuDashboardPages>(KyuDashboardPages, 'file', Get('assets/:file'), function (request, response) {
    const exchange = exchangeOf(request, response);
    return this.pages.file(exchange, exchange.params['file'] ?? '');
  });
  for (const [name, words] of [
    ['root', ''],
    [REST, ':rest'],
  ] as const) {
    addHandler<KyuDashboardPages>(KyuDashboardPages, name, Get(words), function (request, response) {
      return this.pages.page(exchangeOf(request, response));
    });
  }
  return place(KyuDashboardPages, path, guards);
}

function place(
  controller: Type<unknown>,
  path: string,
  guards: NonNullable<DashboardPlace['guards']>,
): Type<unknown> {
  Controller({ path, version: VERSION_NEUTRAL })(controller);
  if (guards.length > 0) UseGuards(...guards)(controller);
  return controller;
}

/** What decorators write at a method that stands in a class. */
function addHandler<Instance>(
  controller: Type<Instance>,
  name: string,
  map: MethodDecorator,
  handler: Handler<Instance>,
): void {
  const target = controller.prototype as object;
  const descriptor = { value: handler, writable: true, configurable: true, enumerable: false };
  Object.defineProperty(target, name, descriptor);
  Req()(target, name, 0);
  Res()(target, name, 1);
  map(target, name, descriptor);
}

/** What guards throw before the API is reached is told as the API tells it. */
@Catch()
class RefusalFilter implements ExceptionFilter {
  constructor(@Inject(Dashboard) private readonly dashboard: Dashboard) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.dashboard.refuse(exchangeOf(http.getRequest(), http.getResponse()), error);
  }
}
