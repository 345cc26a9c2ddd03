import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { OutgoingRequest } from './outgoing-request.ts';

/** A stream of `node:http2` that is a request, and what comes back on it. */
export class Http2ClientExchange extends OutgoingRequest {
  #isAnswered = false;

  note(emitter: object, event: string | symbol, value: unknown): void {
    switch (event) {
      case 'response':
        this.#begin(emitter as ClientHttp2Stream, value as IncomingHttpHeaders);
        break;
      case 'end':
        // It also comes to a stream that is closed before anything has come back.
        if (this.#isAnswered) this.finish((emitter as ClientHttp2Stream).aborted);
        break;
      case 'error':
        this.fail(value);
        break;
      case 'close':
        this.end();
        break;
    }
  }

  #begin(stream: ClientHttp2Stream, headers: IncomingHttpHeaders): void {
    this.#isAnswered = true;
    const { sentHeaders, session } = stream;
    this.answer({
      statusCode: Number(headers[':status']),
      httpVersion: '2',
      socket: session?.socket,
      requestHeader: (name) => sentHeaders?.[name],
      responseHeader: (name) => headers[name],
    });
  }
}
