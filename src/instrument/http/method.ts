/** Those of RFC 9110, PATCH and QUERY, as the instrumentation of OpenTelemetry for Node.js has them. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY'];

export type MethodName = (method: string) => string;

/**
 * @param known case-sensitive names that are known instead of the usual ones
 * @returns gives `http.request.method`: the method, or `_OTHER` where it is not known
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#common-attributes
 */
export function methodNames(known?: readonly string[]): MethodName {
  const names = new Set(known ?? METHODS);
  return (method) => {
    if (names.has(method)) return method;
    const upper = method.toUpperCase();
    return names.has(upper) ? upper : '_OTHER';
  };
}
