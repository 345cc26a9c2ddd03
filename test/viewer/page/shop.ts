/** Traces of a small shop, the same at every call: what the page's tests look at. */

interface Attributes {
  readonly [key: string]: string | number | boolean | readonly string[];
}

export interface ShopTrace {
  /** 1, 2, 3 …; makes the ids. */
  readonly n: number;
  readonly operation?: string;
  /** ms since 1970; default: now, a second apart. */
  readonly startMs?: number;
  /** Of the root; default 100. */
  readonly ms?: number;
  readonly isFailed?: boolean;
  /** Has an order sent by a queue, whose work goes on after the root. */
  readonly hasQueue?: boolean;
}

export function shopTraceId(n: number): string {
  return (0x50_00_00_00 + n).toString(16).padStart(32, '5');
}

/** A span's id: of the n-th trace, the i-th in the list below. */
export function shopSpanId(n: number, i: number): string {
  return (n * 100 + i).toString(16).padStart(16, '0');
}

const attributesOf = (attributes: Attributes): unknown[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));

function anyValue(value: Attributes[string]): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } };
}

/**
 * One OTLP request with the trace.
 *
 *     1 gateway      GET /users/:id                    0 – 100 %
 *     2 gateway      middleware                        1 – 3
 *     3 gateway      request handler                   4 – 98
 *     4 gateway      grpc.user.UserSrv/GetUser client  6 – 46
 *     5 user-srv     grpc.user.UserSrv/GetUser server  9 – 42
 *     6 user-srv     SELECT users                      12 – 32   event "rows"
 *     7 gateway      GET client                        48 – 94   fails with 8
 *     8 profile-srv  GET /profiles/:id                 50 – 92   fails, with a stack
 *     9 profile-srv  load profile                      60 – 88   link to the trace before
 *    10 orders       send order                        47 – 57   with a queue
 *    11 billing      process order                     60 – 130  with a queue
 */
export function shopRequest(trace: ShopTrace): unknown {
  const { n, operation = 'GET /users/:id', ms = 100, isFailed = false, hasQueue = false } = trace;
  const startMs = trace.startMs ?? Date.now() - 1000 * n;
  const at = (percent: number): string => String(BigInt(Math.round((startMs + (ms * percent) / 100) * 1000)) * 1000n);
  const error = { status: { code: 2, message: 'profile store is down' } };
  const span = (
    i: number,
    parent: number,
    name: string,
    kind: number,
    from: number,
    to: number,
    more: object = {},
  ) => ({
    traceId: shopTraceId(n),
    spanId: shopSpanId(n, i),
    ...(parent === 0 ? {} : { parentSpanId: shopSpanId(n, parent) }),
    name,
    kind,
    startTimeUnixNano: at(from),
    endTimeUnixNano: at(to),
    ...more,
  });
  const exception = {
    name: 'exception',
    timeUnixNano: at(90),
    attributes: attributesOf({
      'exception.type': 'ProfileError',
      'exception.message': 'profile store is down',
      'exception.stacktrace':
        'ProfileError: profile store is down\n    at load (/srv/store.js:41:11)\n    at async handle (/srv/routes.js:12:19)',
    }),
  };
  const byService: Record<string, unknown[]> = {
    gateway: [
      span(1, 0, operation, 2, 0, 100, {
        attributes: attributesOf({
          'http.request.method': 'GET',
          'http.route': '/users/:id',
          'url.path': operation.replace(/^\w+ /, '').replace(':id', String(n)),
          'user.id': n,
        }),
        ...(isFailed ? error : {}),
      }),
      span(2, 1, 'middleware', 1, 1, 3),
      span(3, 1, 'request handler', 1, 4, 98),
      span(4, 3, 'grpc.user.UserSrv/GetUser', 3, 6, 46),
      span(7, 3, 'GET', 3, 48, 94, isFailed ? error : {}),
    ],
    'user-srv': [
      span(5, 4, 'grpc.user.UserSrv/GetUser', 2, 9, 42),
      span(6, 5, 'SELECT users', 3, 12, 32, {
        attributes: attributesOf({
          'db.system.name': 'postgresql',
          'db.query.text': 'SELECT name FROM users WHERE id = $1',
        }),
        events: [{ name: 'rows', timeUnixNano: at(30), attributes: attributesOf({ 'db.rows': 1 }) }],
      }),
    ],
    'profile-srv': [
      span(8, 7, 'GET /profiles/:id', 2, 50, 92, {
        attributes: attributesOf({ roles: ['admin', 'editor'], ratio: 0.25, cached: false }),
        ...(isFailed ? { ...error, events: [exception] } : {}),
      }),
      span(9, 8, 'load profile', 1, 60, 88, {
        links: [
          { traceId: shopTraceId(n - 1), spanId: shopSpanId(n - 1, 1) },
          { traceId: shopTraceId(n), spanId: shopSpanId(n, 6) },
        ],
      }),
    ],
    ...(hasQueue
      ? { orders: [span(10, 3, 'send order', 4, 47, 57)], billing: [span(11, 10, 'process order', 5, 60, 130)] }
      : {}),
  };
  return {
    resourceSpans: Object.entries(byService).map(([service, spans], i) => ({
      resource: {
        attributes: attributesOf({
          'service.name': service,
          'service.namespace': 'shop',
          address: `10.0.0.${i + 2}:8080`,
          'process.pid': 4000 + i,
        }),
      },
      scopeSpans: [{ scope: { name: 'shop', version: '1.0' }, spans }],
    })),
  };
}
