import { context, trace, type Tracer } from '@opentelemetry/api';
import { getRPCMetadata, type RPCMetadata, RPCType } from '@opentelemetry/core';
import type { HandleRequest, Layer, LayerPrototype, Next, Request, Response, RouterPrototype } from './express.ts';
import { LayerCall } from './layer-call.ts';
import { mountPath } from './mount-path.ts';
import { RequestRoute } from './request-route.ts';
import { TracedLayer } from './traced-layer.ts';

/** More parameters than these, and a layer handles errors. */
const MOST_PARAMETERS = 3;

/** Traces what requests go through in the process's routers. */
export class Routers {
  tracer: Tracer | undefined;
  readonly #patched = new WeakSet<object>();
  readonly #onError: (error: unknown) => void;

  /** @param onError told what goes wrong in here; the app goes on without the span */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /**
   * Notes each layer that is added, and wraps the one method that all layers are called by when it first sees one: the
   * functions of the app stay in their layers as they are.
   *
   * Of several functions that are added at once only the last has spans, as with the official instrumentation.
   */
  patch(prototype: RouterPrototype): void {
    if (this.#patched.has(prototype)) return;
    this.#patched.add(prototype);
    for (const name of ['route', 'use'] as const) {
      const add = prototype[name];
      const traceLast = (stack: readonly Layer[], args: readonly unknown[]): void => this.#traceLast(stack, args);
      prototype[name] = function (...args) {
        const result = Reflect.apply(add, this, args);
        traceLast(this.stack, args);
        return result;
      };
    }
  }

  #traceLast(stack: readonly Layer[], args: readonly unknown[]): void {
    try {
      const layer = stack.at(-1);
      if (layer === undefined || layer.handle.length > MOST_PARAMETERS) return;
      TracedLayer.trace(layer, mountPath(args[0]));
      this.#patchLayers(Object.getPrototypeOf(layer) as LayerPrototype);
    } catch (error) {
      this.#onError(error);
    }
  }

  #patchLayers(prototype: LayerPrototype): void {
    if (this.#patched.has(prototype)) return;
    this.#patched.add(prototype);
    for (const name of ['handleRequest', 'handle_request'] as const) {
      const handle = prototype[name];
      if (handle !== undefined) prototype[name] = this.#wrap(handle);
    }
  }

  #wrap(handle: HandleRequest): HandleRequest {
    const begin = (layer: Layer, request: Request, next: Next): LayerCall | undefined => {
      if (!TracedLayer.has(layer) || this.tracer === undefined) return undefined;
      try {
        return this.#begin(this.tracer, layer, request, next);
      } catch (error) {
        this.#onError(error);
        return undefined;
      }
    };
    const call = (layer: Layer, request: Request, response: Response, next: Next): unknown =>
      handle.call(layer, request, response, next);

    return function handleRequest(request, response, next) {
      const begun = begin(this, request, next);
      if (begun === undefined) return handle.call(this, request, response, next);
      try {
        return context.with(begun.context, call, undefined, this, request, response, begun.next);
      } finally {
        begun.endWith(response);
      }
    };
  }

  #begin(tracer: Tracer, layer: Layer & TracedLayer, request: Request, next: Next): LayerCall | undefined {
    const before = RequestRoute.get(request);
    const path = TracedLayer.enter(layer, before);
    if (path !== before) RequestRoute.set(request, path);
    const route = path.match(request.originalUrl);
    const parent = context.active();
    const metadata: { route?: string | undefined; type: RPCMetadata['type'] } | undefined = getRPCMetadata(parent);
    if (metadata?.type === RPCType.HTTP) metadata.route = route;
    const parentSpan = trace.getSpan(parent);
    if (parentSpan === undefined) return undefined;
    const { name, isRouter, options } = TracedLayer.describe(layer, path, route);
    const span = tracer.startSpan(name, options, parent);
    const hasPath = path !== before;
    return new LayerCall({ request, parent, parentSpan, span, isRouter, hasPath, next, onError: this.#onError });
  }
}
