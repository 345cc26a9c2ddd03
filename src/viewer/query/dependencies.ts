import type { StoredTrace } from '../store/trace-table.ts';

export interface DependencyLink {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

/** Counts by which services spans were called, a service by itself included, as Jaeger does. */
export class DependencyCounter {
  readonly #links = new Map<string, { parent: string; child: string; callCount: number }>();

  add(trace: StoredTrace): void {
    const services = new Map<string, string>();
    for (const { spanId, process } of trace.spans())
      if (!services.has(spanId)) services.set(spanId, process.serviceName);
    for (const { parentSpanId, process } of trace.spans()) {
      const parent = parentSpanId === '' ? undefined : services.get(parentSpanId);
      if (parent !== undefined) this.#count(parent, process.serviceName);
    }
  }

  links(): DependencyLink[] {
    return [...this.#links.values()];
  }

  #count(parent: string, child: string): void {
    const key = `${parent}\0${child}`;
    const link = this.#links.get(key);
    if (link === undefined) this.#links.set(key, { parent, child, callCount: 1 });
    else link.callCount++;
  }
}
