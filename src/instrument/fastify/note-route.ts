import { context } from '@opentelemetry/api';
import { getRPCMetadata, RPCType } from '@opentelemetry/core';
import { carriedBy } from '../carried.ts';
import type { Request } from './fastify.ts';

/**
 * Leaves the route that a request has come to for its server span.
 *
 * A request that an app makes up within another, by `inject()`, does not change the other's route.
 */
export function noteRoute({ raw }: Pick<Request, 'raw'>, route: string | undefined): void {
  const metadata = getRPCMetadata(context.active());
  if (metadata?.type !== RPCType.HTTP || route === undefined) return;
  const isItsOwn: boolean = (carriedBy(raw) as unknown) === metadata;
  if (isItsOwn || metadata.route === undefined) metadata.route = route;
}
