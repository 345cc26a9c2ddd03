import type { Process, Reference, SpanLog, Tag } from '../../span.ts';

/** A trace as Jaeger's query API shows it. */
export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, Process>>;
}

export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly Reference[];
  /** µs since 1970. */
  readonly startTime: number;
  /** µs. */
  readonly duration: number;
  readonly tags: readonly Tag[];
  readonly logs: readonly SpanLog[];
  readonly processID: string;
  readonly warnings: readonly string[] | null;
}

/** A span in its place; times are µs from the start of the trace. */
export interface TraceSpan {
  readonly id: string;
  readonly raw: JaegerSpan;
  readonly process: Process;
  readonly service: string;
  readonly operation: string;
  /** The path, query or destination that the operation does not say; may be empty. */
  readonly telling: string;
  /** Empty where nothing was said. */
  readonly kind: string;
  readonly isError: boolean;
  readonly startUs: number;
  readonly durationUs: number;
  readonly endUs: number;
  parent: TraceSpan | undefined;
  /** By their start. */
  readonly children: TraceSpan[];
  /** Its place in `Trace.spans`, and the place behind all that is below it. */
  index: number;
  indexEnd: number;
  depth: number;
  /** What no child was there for. */
  selfUs: number;
  /** Its parts on the critical path. */
  readonly critical: (readonly [fromUs: number, toUs: number])[];
  /** Something below it failed. */
  hasErrorBelow: boolean;
  /** Its parent is named and not there. */
  readonly isOrphan: boolean;
}

export interface Trace {
  readonly id: string;
  /** Parents before their children, in the order of the rows. */
  readonly spans: readonly TraceSpan[];
  readonly byId: ReadonlyMap<string, TraceSpan>;
  readonly roots: readonly TraceSpan[];
  /** µs since 1970. */
  readonly startUs: number;
  readonly durationUs: number;
  /** By the order of appearance, with the number of spans and the time spent in them. */
  readonly services: readonly { readonly name: string; readonly spans: number; readonly selfUs: number }[];
  readonly depth: number;
  readonly errorCount: number;
}
