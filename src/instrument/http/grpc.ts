const TYPE = 'application/grpc';

/** Whether a stream of HTTP/2 is a call of gRPC, whose instrumentation makes the spans. */
export function isGrpc(contentType: string | undefined): boolean {
  if (contentType === undefined || !contentType.startsWith(TYPE)) return false;
  const next = contentType[TYPE.length];
  return next === undefined || next === '+' || next === ';';
}
