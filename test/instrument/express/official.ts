import { createRequire } from 'node:module';
import { join } from 'node:path';
import { checkout } from '../../support/run.ts';

/** What the official instrumentation makes of paths, which it does not export. */
interface OfficialUtils {
  getConstructedRoute(request: object): string;
  getActualMatchedRoute(request: object): string | undefined;
  getLayerMetadata(route: string, layer: object, layerPath?: string): { name: string; attributes: object };
  getLayerPath(args: readonly unknown[]): string | undefined;
}

const file = join(checkout, 'node_modules/@opentelemetry/instrumentation-express/dist/utils.cjs');

export const official: OfficialUtils = createRequire(import.meta.url)(file) as OfficialUtils;

/** A request that has come through layers of these paths, as the official one keeps it. */
export function officialRequest(paths: readonly string[], originalUrl: string): object {
  return { __ot_middlewares: paths, originalUrl };
}
