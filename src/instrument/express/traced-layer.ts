import { SpanKind } from '@opentelemetry/api';
import { SameAttributes } from '../../core/attribute-list.ts';
import { Itself } from '../carried.ts';
import type { Layer } from './express.ts';
import { RoutePath } from './route-path.ts';

/** What the spans of a layer's calls begin with. */
export interface LayerSpan {
  readonly name: string;
  /** A router's span is over at once: the layers in it are not below it. */
  readonly isRouter: boolean;
  readonly options: SameAttributes;
}

/** What a `LayerSpan` was made of. */
interface Made {
  readonly path: RoutePath;
  readonly route: string | undefined;
  readonly own: string | boolean;
  readonly span: LayerSpan;
}

/**
 * A layer of a router that has spans, with what they say, which is mostly the same each time.
 *
 * It is kept in the layer itself, as `carried.ts` keeps an exchange.
 */
export class TracedLayer extends Itself {
  /** That it was added with; undefined where it was added without. */
  readonly #mountPath: string | undefined;
  /** The last way that led here, and the one from here on. */
  #before: RoutePath | undefined = undefined;
  #after: RoutePath = RoutePath.start;
  #made: Made | undefined = undefined;

  private constructor(layer: Layer, mountPath: string | undefined) {
    super(layer);
    this.#mountPath = mountPath;
  }

  /** Has a layer's calls traced. */
  static trace(layer: Layer, mountPath: string | undefined): void {
    if (!TracedLayer.has(layer)) void new TracedLayer(layer, mountPath);
  }

  static has(layer: Layer): layer is Layer & TracedLayer {
    return #mountPath in layer;
  }

  /** The way through this layer; the same one where it has no path. */
  static enter(layer: TracedLayer, before: RoutePath): RoutePath {
    const mountPath = layer.#mountPath;
    if (mountPath === undefined) return before;
    if (layer.#before !== before) {
      layer.#before = before;
      layer.#after = before.through(mountPath);
    }
    return layer.#after;
  }

  /**
   * @param path by which the request has come here, this layer included
   * @param route that it makes for the request
   */
  static describe(layer: Layer & TracedLayer, path: RoutePath, route: string | undefined): LayerSpan {
    const own = layer.name === 'router' ? firstRoute(layer) : Boolean(layer.path);
    const made = layer.#made;
    if (made !== undefined && made.path === path && made.route === route && made.own === own) return made.span;
    const span = describe(layer.name, layer.#mountPath, path.text, own, route);
    layer.#made = { path, route, own, span };
    return span;
  }
}

/** The path of a router's first route; empty where something else comes first. */
function firstRoute({ handle }: Layer): string {
  const first = handle.stack?.[0];
  if (first?.route?.path) return String(first.route.path);
  return first?.handle?.stack ? firstRoute(first) : '';
}

/** @param own of a router its first route, else whether the layer knows what it has matched */
function describe(
  layerName: string,
  mountPath: string | undefined,
  path: string,
  own: string | boolean,
  route: string | undefined,
): LayerSpan {
  if (typeof own === 'string') {
    const name = own || mountPath || path || '/';
    return layerSpan(`router - ${name}`, name, 'router', route);
  }
  // What dispatches to a route, by its name in Express 4 and 5.
  if (layerName === 'bound dispatch' || layerName === 'handle') {
    const name = path || mountPath;
    const spanName = own ? `request handler - ${name}` : 'request handler';
    return layerSpan(spanName, name ?? 'request handler', 'request_handler', route);
  }
  return layerSpan(`middleware - ${layerName}`, layerName, 'middleware', route);
}

function layerSpan(name: string, expressName: string, type: string, route: string | undefined): LayerSpan {
  const attributes = {
    ...(route !== undefined && { 'http.route': route }),
    'express.name': expressName,
    'express.type': type,
  };
  return { name, isRouter: type === 'router', options: new SameAttributes(SpanKind.INTERNAL, attributes) };
}
