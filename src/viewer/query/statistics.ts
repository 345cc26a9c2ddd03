import type {
  Durations,
  EdgeStatistics,
  OperationStatistics,
  Red,
  ServiceStatistics,
  Statistics,
} from '../page-protocol.ts';
import type { StoredSpan } from '../store/stored-span.ts';
import type { StoredTrace } from '../store/trace-table.ts';

/** Durations of one kind of request. Past `MAX_SAMPLES` a random sample stands for all. */
class Samples {
  requests = 0;
  errors = 0;
  #max = 0;
  readonly #durationsUs: number[] = [];

  add({ durationNs, isError }: StoredSpan): void {
    const durationUs = durationNs / 1000;
    this.requests++;
    if (isError) this.errors++;
    this.#max = Math.max(this.#max, durationUs);
    if (this.#durationsUs.length < MAX_SAMPLES) {
      this.#durationsUs.push(durationUs);
      return;
    }
    const index = Math.floor(Math.random() * this.requests);
    if (index < MAX_SAMPLES) this.#durationsUs[index] = durationUs;
  }

  red(): Red {
    return { requests: this.requests, errors: this.errors, ...this.#durations() };
  }

  #durations(): Durations {
    const sorted = Float64Array.from(this.#durationsUs).sort();
    const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
    return { p50Us: at(0.5), p95Us: at(0.95), p99Us: at(0.99), maxUs: this.#max };
  }
}

const MAX_SAMPLES = 10_000;

interface Service {
  readonly all: Samples;
  spans: number;
  readonly operations: Map<string, { operation: string; kind: string; samples: Samples }>;
}

/**
 * Rate, errors and durations by service, operation and edge.
 *
 * A request to a service is a span whose parent is of another service, or not there, or which says to be a server or
 * consumer. What a service does inside is no request.
 */
export class StatisticsCounter {
  readonly #services = new Map<string, Service>();
  readonly #edges = new Map<string, { parent: string; child: string; samples: Samples }>();
  #traces = 0;
  #startUs = Infinity;
  #endUs = -Infinity;

  add(trace: StoredTrace): void {
    const services = new Map<string, string>();
    for (const { spanId, process } of trace.spans()) services.set(spanId, process.serviceName);
    for (const span of trace.spans()) this.#addSpan(span, services.get(span.parentSpanId));
    this.#traces++;
    this.#startUs = Math.min(this.#startUs, trace.summary.startUs);
    this.#endUs = Math.max(this.#endUs, trace.summary.endUs);
  }

  result(): Statistics {
    const isEmpty = this.#traces === 0;
    return {
      services: [...this.#services].map(([service, one]) => toService(service, one)).sort(byRequests),
      edges: [...this.#edges.values()].map(({ parent, child, samples }): EdgeStatistics =>
        Object.assign({ parent, child }, samples.red()),
      ),
      traces: this.#traces,
      startUs: isEmpty ? 0 : this.#startUs,
      endUs: isEmpty ? 0 : this.#endUs,
    };
  }

  #addSpan(span: StoredSpan, parent: string | undefined): void {
    const { serviceName } = span.process;
    const service = this.#service(serviceName);
    service.spans++;
    const isForeign = parent !== undefined && parent !== serviceName;
    if (isForeign) this.#edge(parent, serviceName).add(span);
    const isRequest = isForeign || parent === undefined || span.kind === 'server' || span.kind === 'consumer';
    if (!isRequest) return;
    service.all.add(span);
    const key = `${span.operationName}\0${span.kind}`;
    const operation = service.operations.get(key) ?? {
      operation: span.operationName,
      kind: span.kind,
      samples: new Samples(),
    };
    service.operations.set(key, operation);
    operation.samples.add(span);
  }

  #service(name: string): Service {
    const known = this.#services.get(name);
    if (known !== undefined) return known;
    const made = { all: new Samples(), spans: 0, operations: new Map() };
    this.#services.set(name, made);
    return made;
  }

  #edge(parent: string, child: string): Samples {
    const key = `${parent}\0${child}`;
    const known = this.#edges.get(key);
    if (known !== undefined) return known.samples;
    const samples = new Samples();
    this.#edges.set(key, { parent, child, samples });
    return samples;
  }
}

function toService(service: string, { all, spans, operations }: Service): ServiceStatistics {
  return {
    service,
    spans,
    ...all.red(),
    operations: [...operations.values()]
      .map(({ operation, kind, samples }): OperationStatistics => Object.assign({ operation, kind }, samples.red()))
      .sort(byRequests),
  };
}

function byRequests(a: Red, b: Red): number {
  return b.requests - a.requests;
}
