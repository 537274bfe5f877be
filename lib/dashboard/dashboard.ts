import { Logger } from '@nestjs/common';
import type { Gatekeeper } from './access/gatekeeper.js';
import type { DashboardServices } from './dashboard-services.js';
import { basePathOf, pathOf } from './http/base-path.js';
import { corsHeaders } from './http/cors.js';
import { API_HEADERS, HttpReply, jsonAnswer, refusalAnswer } from './http/answers.js';
import type { Exchange, HttpAnswer } from './http/exchange.js';
import { refusalOf } from './http/refusal-of.js';
import { readQuery } from './http/request-query.js';
import { readBody } from './http/request-body.js';
import { badBody, notFound, wrongMethod } from './refusal.js';
import { objectionTo } from './schemas/check-value.js';
import type { Call } from './routes/call.js';
import { ROUTES } from './routes/routes.js';
import type { Route } from './routes/route.js';

/** Segments of `api/v1`. */
const API_DEPTH = 2;
/** Room for what stands around a payload. */
const BODY_ROOM_BYTES = 65_536;

const STREAM_HEADERS = {
  ...API_HEADERS,
  'content-type': 'text/event-stream; charset=utf-8',
  // Tells nginx to pass each event on at once.
  'x-accel-buffering': 'no',
} as Readonly<Record<string, string>>;

/** Answers the requests of one mount. */
export class Dashboard {
  private readonly logger = new Logger('KyuDashboard');

  constructor(
    readonly services: DashboardServices,
    private readonly gatekeeper: Gatekeeper,
  ) {}

  /** Answers a request to one of the routes. */
  async answer(route: Route, exchange: Exchange): Promise<void> {
    try {
      const visitor = await this.gatekeeper.admit(exchange, route);
      const call = await this.callOf(route, exchange, visitor);
      if (route.answers === 'stream') return this.openStream(exchange, route);
      const result = await route.handle(call);
      this.send(exchange, answerWith(route, result));
    } catch (error) {
      this.refuse(exchange, error);
    }
  }

  /** There is no such route, or not with this method; whoever may not read is not told which there are. */
  async answerUnknown(exchange: Exchange): Promise<void> {
    try {
      if (exchange.method === 'OPTIONS') return this.send(exchange, preflight());
      const visitor = await this.gatekeeper.recognize(exchange);
      this.gatekeeper.refuse(visitor, { permission: 'read' });
      const methods = methodsAt(exchange.url);
      throw methods.length === 0 ? notFound('such route') : wrongMethod(methods);
    } catch (error) {
      this.refuse(exchange, error);
    }
  }

  /** Tells an error as the API tells it. */
  refuse(exchange: Exchange, error: unknown): void {
    const refusal = refusalOf(error, (unforeseen) => {
      const text =
        unforeseen instanceof Error ? (unforeseen.stack ?? unforeseen.message) : String(unforeseen);
      this.logger.error(`${exchange.method} ${pathOf(exchange.url)} failed.`, text);
    });
    this.send(exchange, refusalAnswer(refusal));
  }

  private async callOf(route: Route, exchange: Exchange, visitor: Call['visitor']): Promise<Call> {
    const { services } = this;
    const depth = API_DEPTH + route.path.split('/').length;
    return {
      params: exchange.params,
      query: readQuery(exchange.url, route.query ?? {}, route.answers === 'redirect'),
      body: await this.bodyOf(route, exchange),
      visitor,
      exchange,
      base: basePathOf(exchange, depth, services.options.publicUrl),
      services,
    };
  }

  private async bodyOf(route: Route, exchange: Exchange): Promise<Call['body']> {
    if (route.method === 'GET') return {};
    const body = await readBody(exchange, this.services.kyu.payloadLimitBytes + BODY_ROOM_BYTES);
    if (route.body === undefined) return body;
    const objection = objectionTo(body, route.body);
    if (objection !== undefined) throw badBody(objection);
    return body;
  }

  private openStream(exchange: Exchange, route: Route): void {
    this.services.live.refuseWhenClosed();
    if (exchange.method === 'HEAD') {
      this.send(exchange, { status: 200, headers: STREAM_HEADERS, body: '' });
      return;
    }
    const headers = { ...STREAM_HEADERS, ...corsHeaders(exchange, this.services.options.cors) };
    this.services.live.open(exchange.stream(headers), () => this.mayStay(exchange, route));
  }

  /** A login may have ended, and a permission may be gone. Whatever is unclear is no: the page comes back and is told. */
  private async mayStay(exchange: Exchange, route: Route): Promise<boolean> {
    try {
      this.gatekeeper.refuse(await this.gatekeeper.recognize(exchange), route);
      return true;
    } catch {
      return false;
    }
  }

  private send(exchange: Exchange, answer: HttpAnswer): void {
    const cors = corsHeaders(exchange, this.services.options.cors);
    exchange.send({
      ...answer,
      status: answer.status,
      headers: { ...answer.headers, ...cors },
      body: answer.body,
    });
  }
}

function answerWith(route: Route, result: unknown): HttpAnswer {
  if (result instanceof HttpReply) return result;
  return jsonAnswer(route.status ?? 200, route.answers === 'document' ? result : { data: result });
}

function preflight(): HttpAnswer {
  return { status: 204, headers: API_HEADERS, body: '' };
}

/** The methods that this path knows. */
function methodsAt(url: string): string[] {
  const path = /\/api\/v1\/(.*?)\/*$/i.exec(pathOf(url))?.[1] ?? '';
  const fits = (route: Route) =>
    new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`, 'i').test(path);
  return [...new Set(ROUTES.filter(fits).map(({ method }) => method))];
}
