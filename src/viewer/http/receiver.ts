import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../core/log.ts';
import { DecodeError } from '../decode/byte-reader.ts';
import { decodeJaegerBatch } from '../decode/jaeger-thrift.ts';
import { decodeOtlpProtobuf } from '../decode/otlp-protobuf.ts';
import { decodeOtlpJson } from '../decode/otlp-spans.ts';
import type { Decoded, Span } from '../span.ts';
import { send, sendJson, sendText } from './answer.ts';
import { refuseSender } from './guard.ts';
import type { Body, BodyReader } from './read-body.ts';

export interface ReceiverOptions {
  readonly isLocal: boolean;
  readonly bodies: BodyReader;
  readonly take: (spans: readonly Span[]) => void;
  readonly log: Log;
}

interface Format {
  readonly decode: (body: Uint8Array) => Decoded;
  readonly accept: (response: ServerResponse, rejected: number) => void;
}

const thrift: Format = {
  decode: (body) => decodeJaegerBatch(body),
  accept: (response) => send(response, 202, ''),
};

const otlpProtobuf: Format = {
  decode: (body) => decodeOtlpProtobuf(body),
  accept: (response, rejected) =>
    send(response, 200, encodePartialSuccess(rejected), { 'content-type': 'application/x-protobuf' }),
};

const otlpJson: Format = {
  decode: (body) => decodeOtlpJson(body),
  accept: (response, rejected) =>
    sendJson(response, 200, rejected === 0 ? {} : { partialSuccess: { rejectedSpans: String(rejected) } }),
};

const formats: Readonly<Record<string, Readonly<Record<string, Format>>>> = {
  '/api/traces': { 'application/x-thrift': thrift, 'application/vnd.apache.thrift.binary': thrift },
  '/v1/traces': { 'application/x-protobuf': otlpProtobuf, 'application/json': otlpJson },
};

/** What else a sender of OTLP may send: taken, so that it does not complain, and thrown away. */
const UNWANTED = new Set(['/v1/metrics', '/v1/logs']);

/** Answers senders: Jaeger Thrift on `/api/traces`, OTLP on `/v1/traces`. */
export function createReceiver({ isLocal, bodies, take, log }: ReceiverOptions) {
  return async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refuseSender(request, { isLocal });
    if (refusal) return refuse(request, response, refusal.status, refusal.why);
    const path = (request.url ?? '').replace(/\?.*/s, '');
    const byType = formats[path];
    if (byType === undefined && !UNWANTED.has(path)) {
      return refuse(request, response, 404, `spans are taken on ${Object.keys(formats).join(' and ')}`);
    }
    if (request.method !== 'POST') return refuse(request, response, 405, 'POST only');
    const type = (request.headers['content-type'] ?? '').replace(/;.*/s, '').trim().toLowerCase();
    const format = byType?.[type];
    if (byType !== undefined && format === undefined) {
      const known = Object.keys(byType).join(' or ');
      return refuse(request, response, 415, `content-type ${type || 'missing'}; here it is ${known}`);
    }
    const body: Body = await bodies.read(request);
    if (body.kind === 'gone') return;
    if (body.kind === 'refused') return refuse(request, response, body.status, body.why);
    if (format === undefined) return sendJson(response, 200, {});
    try {
      const { spans, rejected } = format.decode(body.bytes);
      take(spans);
      if (rejected > 0) log.trouble('spans without ids', `${path} got ${rejected} spans without valid ids; not shown`);
      format.accept(response, rejected);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const why = `${path} got ${body.bytes.length} bytes that are no ${type}: ${error.message}`;
      log.trouble('undecodable body', `${why}; answered 400, not shown`);
      sendText(response, 400, why);
    }
  };

  function refuse(request: IncomingMessage, response: ServerResponse, status: number, why: string): void {
    log.trouble(`refused with ${status}`, `${request.method} ${request.url ?? ''} got ${status}: ${why}`);
    // a body that nobody reads would be in the way of the next request
    if (!request.complete) {
      response.setHeader('connection', 'close');
      response.once('finish', () => request.destroy());
    }
    sendText(response, status, why);
  }
}

/** ExportTraceServiceResponse { 1: partial_success { 1: rejected_spans } } */
function encodePartialSuccess(rejected: number): Uint8Array {
  if (rejected === 0) return new Uint8Array();
  const varint: number[] = [];
  for (let left = rejected; left > 0; left >>>= 7) varint.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
  return Uint8Array.from([0x0a, varint.length + 1, 0x08, ...varint]);
}
