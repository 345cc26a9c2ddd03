/** What the page and the viewer say to each other, besides Jaeger's query API. Both sides import this, as types only. */

/** A line of the list: a tuple, because there may be 100 000 of them. */
export type TraceRow = readonly [
  id: string,
  startUs: number,
  durationUs: number,
  spanCount: number,
  errorCount: number,
  /** Service and operation of the root, or of the earliest span. */
  rootService: string,
  rootOperation: string,
  services: readonly string[],
];

/** Events of `/viewer/traces?…`: first all that match in several `rows`, then `ready`, then what changes. */
export interface ListEvents {
  /** New ones, and new versions of known ones. */
  rows: readonly TraceRow[];
  ready: { readonly total: number };
  /** Ids of traces that are there no more, or match no more. */
  gone: readonly string[];
}

/** Events of all streams. */
export interface StreamEvents extends ListEvents {
  /** Of `/viewer/trace/{id}`: the trace has other spans now. */
  changed: { readonly spans: number };
}

/** A span in a row's small timeline. */
export type ShapeBar = readonly [serviceIndex: number, startUs: number, durationUs: number, isError: 0 | 1];

/** `/viewer/shapes?id=…&id=…`, by trace id; starts are relative to the trace. */
export type Shapes = Readonly<
  Record<string, { readonly services: readonly string[]; readonly bars: readonly ShapeBar[] }>
>;

/** `/viewer/info` */
export interface ViewerInfo {
  readonly version: string;
  readonly thriftUrl: string;
  readonly otlpUrl: string;
  /** Empty where traces are in memory only. */
  readonly database: string;
  readonly traces: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly received: number;
  readonly leftOut: number;
  readonly evicted: number;
}

export interface Durations {
  readonly p50Us: number;
  readonly p95Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

/** Rate, errors and durations of requests. */
export interface Red extends Durations {
  readonly requests: number;
  readonly errors: number;
}

export interface OperationStatistics extends Red {
  readonly operation: string;
  readonly kind: string;
}

export interface ServiceStatistics extends Red {
  readonly service: string;
  readonly spans: number;
  readonly operations: readonly OperationStatistics[];
}

export interface EdgeStatistics extends Red {
  readonly parent: string;
  readonly child: string;
}

/** `/viewer/statistics?startUs=…` */
export interface Statistics {
  readonly services: readonly ServiceStatistics[];
  readonly edges: readonly EdgeStatistics[];
  readonly traces: number;
  /** From the first start to the last end of what was looked at. */
  readonly startUs: number;
  readonly endUs: number;
}
