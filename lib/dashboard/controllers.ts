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

/**
 * Paths of any words below a mount. Each length has a route of its own, because the frameworks do not write wildcards
 * alike; deeper than any page goes, the application's own answer for what it does not know is as good.
 */
const DEEPEST = 6;
const WORDS = Array.from({ length: DEEPEST }, (_, depth) =>
  Array.from({ length: depth + 1 }, (_word, index) => `:word${index}`).join('/'),
);

/** Classes of one mount: a path and guards belong to a class. Ordinary controllers, so the guards of the application stand before them. */
export function controllersFor(path: string, guards: DashboardPlace['guards'] = []): Type<unknown>[] {
  return [apiController(path, guards), pageController(path, guards)];
}

type Handler<Instance> = (this: Instance, request: unknown, response: unknown) => Promise<void>;

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
  ['', ...WORDS].forEach((words, depth) => {
    addHandler<KyuDashboardApi>(KyuDashboardApi, `unknown${depth}`, All(words), function (request, response) {
      return this.dashboard.answerUnknown(exchangeOf(request, response));
    });
  });
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
  ['', ...WORDS].forEach((words, depth) => {
    addHandler<KyuDashboardPages>(
      KyuDashboardPages,
      `page${depth}`,
      Get(words),
      function (request, response) {
        return this.pages.page(exchangeOf(request, response), depth);
      },
    );
  });
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
