/** Paths of layers that match all requests. */
const MATCHES_ALL = /^\/(?:\*?|\{[*][^}]*\})$/;

/** Of whose path and query a route holds. */
type Holds = 'always' | 'same' | 'start';

/**
 * The paths of the layers that a request has come through, outermost first, and the route they make.
 *
 * What is made of them, and of which requests, is what the instrumentation of OpenTelemetry for Node.js makes. It is made
 * once for each way through an app's routers, not for each request.
 */
export class RoutePath {
  /** Of a request that has come through no layer yet. */
  static readonly start: RoutePath = new RoutePath([], undefined);

  /** The way before the last of its layers. */
  readonly before: RoutePath;
  /** Without what matches all; empty where nothing is left. */
  readonly text: string;
  readonly #paths: readonly string[];
  readonly #route: string | undefined;
  readonly #holds: Holds;

  private constructor(paths: readonly string[], before: RoutePath | undefined) {
    this.before = before ?? this;
    this.#paths = paths;
    this.text = join(paths);
    [this.#route, this.#holds] = routeOf(paths, this.text);
  }

  /** The way through another layer. */
  through(path: string): RoutePath {
    return new RoutePath([...this.#paths, path], this);
  }

  /** The route, if the request's is one that it holds for. */
  match(originalUrl: string): string | undefined {
    const route = this.#route;
    if (route === undefined || this.#holds === 'always') return route;
    const holds = this.#holds === 'same' ? originalUrl === route : originalUrl.startsWith(route);
    return holds ? route : undefined;
  }
}

function join(paths: readonly string[]): string {
  const telling = paths.filter((path) => !MATCHES_ALL.test(path));
  return telling.join('').replaceAll(/\/{2,}/g, '/');
}

function routeOf(paths: readonly string[], text: string): [string | undefined, Holds] {
  if (paths.length === 0) return [undefined, 'always'];
  if (paths.every((path) => path === '/')) return ['/', 'same'];
  if (text === '*' || (text.includes('/') && /[,\\*[]/.test(text))) return [text, 'always'];
  const route = text.startsWith('/') ? text : `/${text}`;
  return [route, /[:*]/.test(route) ? 'always' : 'start'];
}
