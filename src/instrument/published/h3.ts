/**
 * h3 2, by what its `tracingPlugin` publishes where an app has registered it.
 *
 * @see https://github.com/h3js/h3/blob/main/src/tracing.ts
 */
import { SpanKind } from '@opentelemetry/api';
import { noteRoute } from '../note-route.ts';
import { recordError } from '../record-error.ts';
import type { CallSpan, Library } from './library.ts';

interface RequestMessage {
  readonly type: 'middleware' | 'route';
  readonly event: { readonly context: { readonly matchedRoute?: { readonly route?: string } } };
}

function request({ type, event }: RequestMessage): CallSpan {
  const route = event.context.matchedRoute?.route;
  // that of an app within another one's route lacks the path before it: the first one holds
  noteRoute(event, route);
  return {
    name: type === 'middleware' ? 'middleware' : `request handler${route === undefined ? '' : ` - ${route}`}`,
    kind: SpanKind.INTERNAL,
    attributes: { 'h3.type': type === 'middleware' ? 'middleware' : 'request_handler', 'http.route': route },
  };
}

/** There is no official instrumentation of h3; the spans are those of Express as far as h3 tells of them. */
export const h3: Library = {
  name: 'h3',
  channels: { 'h3.request': request },
  runsInside: true,
  needsParent: true,
  recordError,
};
