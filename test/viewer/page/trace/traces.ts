import { buildTrace } from '../../../../src/viewer/page/trace/build-trace.ts';
import type { JaegerSpan, Trace, TraceSpan } from '../../../../src/viewer/page/trace/trace.ts';

/** `[id, parent, start, end]` and whatever else a span has. */
export type Short = readonly [id: string, parent: string, startUs: number, endUs: number, more?: Partial<JaegerSpan>];

export const T0 = 1_795_367_141_000_000;

/** A trace of spans in short; the operation is the id, and so is the service's first letter. */
export function traceOf(...spans: readonly Short[]): Trace {
  return buildTrace({
    traceID: 't',
    processes: { a: { serviceName: 'a', tags: [] }, b: { serviceName: 'b', tags: [] } },
    spans: spans.map(([id, parent, startUs, endUs, more]): JaegerSpan =>
      Object.assign(
        {
          traceID: 't',
          spanID: id,
          operationName: id,
          references: parent === '' ? [] : [{ refType: 'CHILD_OF', traceID: 't', spanID: parent }],
          startTime: T0 + startUs,
          duration: endUs - startUs,
          tags: [],
          logs: [],
          processID: id.startsWith('b') ? 'b' : 'a',
          warnings: null,
        },
        more,
      ),
    ),
  });
}

export const idsOf = (spans: readonly TraceSpan[]): string => spans.map(({ id }) => id).join(' ');

export const failed: Partial<JaegerSpan> = { tags: [{ key: 'error', type: 'bool', value: true }] };
