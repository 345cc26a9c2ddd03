import type { ClientRequest, IncomingMessage } from 'node:http';
import { carryBound } from '../bound-emit.ts';
import { OutgoingRequest } from './outgoing-request.ts';

/** A request of `node:http` and its response. */
export class ClientExchange extends OutgoingRequest {
  #response: IncomingMessage | undefined;

  note(emitter: object, event: string | symbol, value: unknown): void {
    switch (event) {
      case 'response':
        this.#begin(emitter as ClientRequest, value as IncomingMessage);
        break;
      case 'end':
        if (emitter === this.#response) this.finish(this.#response.aborted && !this.#response.complete);
        break;
      case 'error':
        this.fail(value);
        break;
      case 'close':
        // The request's comes last, but where it was aborted: then the response may still have its error to tell.
        if (emitter === this.#response || this.#response === undefined || !(emitter as ClientRequest).aborted) {
          this.end();
        }
        break;
    }
  }

  #begin(request: ClientRequest, response: IncomingMessage): void {
    this.#response = response;
    carryBound(response, this);
    const { statusCode = 0, httpVersion, socket, headers } = response;
    this.answer({
      statusCode,
      httpVersion,
      socket,
      requestHeader: (name) => request.getHeader(name),
      responseHeader: (name) => headers[name],
    });
  }
}
