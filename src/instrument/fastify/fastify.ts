/** The parts of Fastify 5 that are looked at; the app brings its types. */
import type { Closable } from '../at-end-of.ts';

export interface Instance {
  readonly version: string;
  addHook(name: 'onRequest', hook: (request: Request, reply: Reply, done: () => void) => void): unknown;
  /** Of the plugin that the instance was made for; that of the root is `fastify`. */
  readonly pluginName: string;
}

export interface Request {
  /** The request of Node.js. */
  readonly raw: object;
  /** Of the instance that the route was added to. */
  readonly server: Instance;
  readonly routeOptions: {
    /** With all prefixes; undefined where there is no such route. */
    readonly url?: string;
    /** The app's, bound to its instance. */
    readonly handler?: { readonly name: string };
  };
}

export interface Reply {
  /** The response of Node.js. */
  readonly raw: Closable;
}

/** Published where an instance has been made, before the app has it. */
export interface InstanceMessage {
  readonly fastify: Instance;
}

/** Published around the call of a route's handler by Fastify 5, one object for all that is published of a call. */
export interface HandlerMessage {
  readonly request: Request;
  readonly reply: Reply;
  readonly route: { readonly url: string };
  /** Whether the handler has returned a promise. */
  readonly async: boolean;
  readonly error?: unknown;
}
