import { type Context, context, type Span, trace } from '@opentelemetry/api';
import { atEndOf } from '../at-end-of.ts';
import { recordError } from '../record-error.ts';
import type { Next, Request, Response } from './express.ts';
import { RequestRoute } from './request-route.ts';

/** How a call of a layer begins. */
export interface LayerCallStart {
  readonly request: Request;
  /** In which the layer is called, and what comes after it. */
  readonly parent: Context;
  readonly parentSpan: Span;
  readonly span: Span;
  readonly isRouter: boolean;
  /** Whether the layer has added to the request's route. */
  readonly hasPath: boolean;
  readonly next: Next;
  /** Told what goes wrong in here. */
  readonly onError: (error: unknown) => void;
}

/**
 * One call of a layer: its span is over when it goes on to the next, or when the response is.
 *
 * What comes next is no longer within the span, although it is called from there: it finds the span that was there before,
 * and whatever else the layer has put into the context.
 */
export class LayerCall {
  /** In which the layer is called. */
  readonly context: Context;
  /** What the layer is given in the place of the router's own. */
  readonly next: Next;
  readonly #start: LayerCallStart;
  /** Undefined when it has ended. */
  #span: Span | undefined;

  constructor(start: LayerCallStart) {
    this.#start = start;
    if (start.isRouter) {
      this.context = start.parent;
      start.span.end();
    } else {
      this.context = trace.setSpan(start.parent, start.span);
      this.#span = start.span;
    }
    this.next = (error) => this.#goOn(error);
  }

  /** The layer has returned without having gone on. */
  endWith(response: Response): void {
    if (this.#span === undefined) return;
    atEndOf(response, () => this.#end());
  }

  #goOn(error: unknown): unknown {
    const { request, parent, parentSpan, hasPath, next } = this.#start;
    const isError = error !== undefined && error !== null && error !== 'route' && error !== 'router';
    if (isError) this.#fail(error);
    this.#end();
    // An error that comes out of a route was met with the whole of its path.
    if (hasPath && !(isError && request.route)) RequestRoute.set(request, RequestRoute.get(request).before);

    const active = context.active();
    if (trace.getSpan(active) === parentSpan) return next(error);
    return context.with(active === this.context ? parent : trace.setSpan(active, parentSpan), next, undefined, error);
  }

  #fail(error: unknown): void {
    const span = this.#span;
    if (span === undefined) return;
    try {
      recordError(span, error);
    } catch (trouble) {
      this.#start.onError(trouble);
    }
  }

  #end(): void {
    const span = this.#span;
    this.#span = undefined;
    span?.end();
  }
}
