const CONTENT_TYPE = /^application\/grpc(?:[+;]|$)/;

/** Whether a stream of HTTP/2 is a call of gRPC, whose instrumentation makes the spans. */
export function isGrpc(contentType: string | undefined): boolean {
  return contentType !== undefined && CONTENT_TYPE.test(contentType);
}
