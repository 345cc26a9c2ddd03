import type { ReceivedSpan } from '../support/received-span.ts';

/**
 * Draws spans as an indented tree, siblings in the order of their start, so that two programs can be compared.
 *
 * @param describe what a line says of a span
 */
export function spanTree(
  spans: readonly ReceivedSpan[],
  describe = ({ kind, name }: ReceivedSpan): string => `${kind} ${name}`,
): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const parentOf = ({ parentSpanId }: ReceivedSpan) => (ids.has(parentSpanId ?? '') ? parentSpanId : undefined);
  const inOrder = spans.toSorted((a, b) => Number(a.startTimeNs - b.startTimeNs));
  const lines: string[] = [];
  function draw(parent: string | undefined, indent: string): void {
    for (const span of inOrder) {
      if (parentOf(span) !== parent) continue;
      lines.push(indent + describe(span));
      draw(span.spanId, `${indent}  `);
    }
  }
  draw(undefined, '');
  return lines;
}

/** Says of a span its name, those of these attributes that it has, why it failed, and its events. */
export function describeBy(...keys: readonly string[]): (span: ReceivedSpan) => string {
  return ({ name, attributes, status, events }) => {
    const shown = keys.flatMap((key) =>
      attributes[key] === undefined ? [] : [String(attributes[key] as string | number)],
    );
    const failed = status.code === 'ERROR' ? [`failed ${status.message}`.trimEnd()] : [];
    return [name, ...shown, ...failed, ...events.map((event) => event.name)].join(' | ');
  };
}
