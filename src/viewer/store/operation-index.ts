import type { SpanKind } from '../span.ts';
import type { StoredSpan } from './stored-span.ts';
import type { OperationCount } from './trace-table.ts';

export interface Operation {
  readonly name: string;
  readonly spanKind: SpanKind;
}

/** Which services there are, and which operations each has, as spans come and go. */
export class OperationIndex {
  readonly #services = new Map<string, Map<string, { operation: Operation; count: number }>>();

  change(counts: Iterable<OperationCount>, sign: 1 | -1): void {
    for (const { serviceName, operationName, kind, count } of counts) {
      const operations = this.#services.get(serviceName) ?? new Map<string, { operation: Operation; count: number }>();
      const key = keyOf(operationName, kind);
      const entry = operations.get(key) ?? { operation: { name: operationName, spanKind: kind }, count: 0 };
      entry.count += sign * count;
      if (entry.count > 0) operations.set(key, entry);
      else operations.delete(key);
      if (operations.size > 0) this.#services.set(serviceName, operations);
      else this.#services.delete(serviceName);
    }
  }

  clear(): void {
    this.#services.clear();
  }

  services(): string[] {
    return [...this.#services.keys()].sort();
  }

  /** @param kind empty: all of them */
  operations(serviceName: string, kind: string): Operation[] {
    const operations = [...(this.#services.get(serviceName)?.values() ?? [])].map(({ operation }) => operation);
    return operations
      .filter(({ spanKind }) => kind === '' || spanKind === kind)
      .sort((a, b) => compare(keyOf(a.name, a.spanKind), keyOf(b.name, b.spanKind)));
  }
}

export function countOperations(spans: Iterable<StoredSpan>): OperationCount[] {
  const counts = new Map<string, OperationCount & { count: number }>();
  for (const { process, operationName, kind } of spans) {
    const key = `${process.serviceName}\0${keyOf(operationName, kind)}`;
    const entry = counts.get(key);
    if (entry === undefined) counts.set(key, { serviceName: process.serviceName, operationName, kind, count: 1 });
    else entry.count++;
  }
  return [...counts.values()];
}

function keyOf(operationName: string, kind: SpanKind): string {
  return `${operationName}\0${kind}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
