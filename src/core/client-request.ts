import type { ClientRequest } from 'node:http';
import type { RequestOptions } from 'node:https';
import { loadBuiltin } from './builtin.ts';

type ClientRequestClass = new (url: URL, options: RequestOptions) => ClientRequest;

/** `http.ClientRequest` as it was at the first look: who intercepts requests puts another in its place. */
class Unpatched {
  #class: ClientRequestClass | undefined;

  get class(): ClientRequestClass {
    return (this.#class ??= loadBuiltin('node:http').ClientRequest as never);
  }
}

const unpatched = new Unpatched();

/** Has requests of ours be what they are now, before the app gets hold of `node:http`. */
export function keepClientRequest(): void {
  void unpatched.class;
}

/**
 * Makes a request past `http.request`, which the app may have patched: it would see ours among its own, or, where it is
 * a test that lets nothing out, keep it from being sent.
 *
 * @param options.agent says by its class whether it is TLS
 * @throws what HTTP says of the headers
 */
export function createClientRequest(
  url: URL,
  options: RequestOptions & Required<Pick<RequestOptions, 'agent'>>,
): ClientRequest {
  return new unpatched.class(url, options);
}
