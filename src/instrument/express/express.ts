/**
 * The parts of Express 4 and 5 that are looked at or taken over; what Express 5 routes by is the package `router`. Types of
 * Express know nothing of layers.
 */
import type { Closable } from '../at-end-of.ts';

export interface Request {
  /** Path and query as they came in, whatever routers have cut off since. */
  readonly originalUrl: string;
  /** The route that the request has come to, if it has. */
  readonly route?: unknown;
}

export type Response = Closable;

/** Goes on to what comes next, with an error to what handles errors. */
export type Next = (error?: unknown) => unknown;

/** What a router goes through: a function of the app, another router, or what dispatches to the handlers of a route. */
export interface Layer {
  /** Of the function. */
  readonly name: string;
  /** What of the request's path it has matched last; router 2.3 and later do not keep it. */
  readonly path?: string;
  readonly route?: { readonly path?: string | RegExp | readonly (string | RegExp)[] };
  readonly handle: { readonly length: number; readonly stack?: readonly Layer[] };
}

export type HandleRequest = (this: Layer, request: Request, response: Response, next: Next) => unknown;

/** Express 4 and router 2 have one each. */
export interface LayerPrototype {
  handle_request?: HandleRequest;
  handleRequest?: HandleRequest;
}

type AddLayers = (this: { readonly stack: readonly Layer[] }, ...args: unknown[]) => unknown;

export interface RouterPrototype {
  route: AddLayers;
  use: AddLayers;
}
