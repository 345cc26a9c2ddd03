import type { TraceSpan } from './trace.ts';

/**
 * Marks what the trace's end waited for: from the end of `root` back, always inside the child that finished last.
 *
 * A child counts as far as it lies inside its parent; what goes on after the parent's end was not waited for.
 */
export function markCriticalPath(root: TraceSpan): void {
  const waiting: { span: TraceSpan; fromUs: number; toUs: number }[] = [
    { span: root, fromUs: root.startUs, toUs: root.endUs },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { span, fromUs, toUs } = next;
    let untilUs = toUs;
    const byEnd = span.children
      .map((child) => ({
        span: child,
        fromUs: Math.max(child.startUs, fromUs),
        toUs: Math.min(child.endUs, span.endUs),
      }))
      .filter((child) => child.toUs > child.fromUs)
      .sort((a, b) => b.toUs - a.toUs);
    for (const child of byEnd) {
      // what was still at work when a later one began is not what that one waited for
      if (child.toUs > untilUs) continue;
      if (untilUs > child.toUs) span.critical.push([child.toUs, untilUs]);
      waiting.push(child);
      untilUs = child.fromUs;
    }
    if (untilUs > fromUs) span.critical.push([fromUs, untilUs]);
  }
}
