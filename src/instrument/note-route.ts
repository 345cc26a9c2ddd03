import { context } from '@opentelemetry/api';
import { getRPCMetadata, RPCType } from '@opentelemetry/core';
import { carriedBy } from './carried.ts';

/**
 * Leaves the route that a request has come to for its server span.
 *
 * A request that an app makes up within another, by `inject()` or `app.request()`, does not change the other's route.
 *
 * @param raw the request of Node.js, or what stands for one
 */
export function noteRoute(raw: object, route: string | undefined): void {
  const metadata = getRPCMetadata(context.active());
  if (metadata?.type !== RPCType.HTTP || route === undefined) return;
  const isItsOwn: boolean = (carriedBy(raw) as unknown) === metadata;
  if (isItsOwn || metadata.route === undefined) metadata.route = route;
}
