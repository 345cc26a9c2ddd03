import assert from 'node:assert/strict';
import type { Difference } from '../../scripts/differences.ts';
import type { ReceivedSpan } from '../support/received-span.ts';

/** What a case of the traffic has left: its spans as lines, one for each span and each attribute. */
export type Traffic = ReadonlyMap<string, readonly string[]>;
type Rename = (line: string) => string;

/**
 * Draws the spans of each case, which are below a span of the program's own that is called `case` and the case's name.
 *
 * @param rename takes out of a line what is not the same twice
 */
export function renderTraffic(spans: readonly ReceivedSpan[], rename: Rename): Traffic {
  const roots = spans.filter(({ name }) => name.startsWith('case ')).toSorted(byStart);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const lines = new Map<string, string[]>();
  for (const [index, root] of roots.entries()) {
    const next = roots[index + 1]?.startTimeNs ?? Infinity;
    // A trace of its own belongs to the case in which it began.
    const isHere = (span: ReceivedSpan): boolean =>
      span !== root &&
      !ids.has(span.parentSpanId ?? '') &&
      span.startTimeNs >= root.startTimeNs &&
      span.startTimeNs < next;
    const own = spans.filter(isHere).flatMap((span) => renderTree(span, spans, rename, ''));
    const below = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
    const inside = inOrder(below.map((span) => renderTree(span, spans, rename, '')));
    lines.set(root.name.slice('case '.length), [...inside, ...own]);
  }
  return lines;
}

/** Siblings by their text: what happens first is not the same twice. */
function inOrder(blocks: string[][]): string[] {
  return blocks.toSorted((a, b) => (a.join('\n') < b.join('\n') ? -1 : 1)).flat();
}

function byStart(a: ReceivedSpan, b: ReceivedSpan): number {
  return Number(a.startTimeNs - b.startTimeNs);
}

function renderTree(span: ReceivedSpan, all: readonly ReceivedSpan[], rename: Rename, indent: string): string[] {
  const { kind, name, status, events, attributes } = span;
  const remote =
    indent === '' && span.parentSpanId !== undefined && !all.some((one) => one.spanId === span.parentSpanId);
  const own = [
    `${kind} ${name}${remote ? ` of ${span.traceId} ${span.parentSpanId}` : ''}`,
    ...(status.code === 'UNSET' ? [] : [`  status ${status.code} ${status.message}`]),
    ...renderAttributes(attributes, '  '),
    ...events.flatMap((event) => [`  event ${event.name}`].concat(renderAttributes(event.attributes, '    '))),
  ].map((line) => indent + rename(line));
  const below = all.filter(({ parentSpanId }) => parentSpanId === span.spanId);
  return [...own, ...inOrder(below.map((child) => renderTree(child, all, rename, `${indent}  > `)))];
}

/** Name, type and value; of stacks, only that they are there. */
function renderAttributes(attributes: ReceivedSpan['attributes'], indent: string): string[] {
  return Object.entries(attributes)
    .map(([key, value]) => {
      if (key === 'exception.stacktrace') return `${indent}${key} ${typeof value}`;
      return `${indent}${key} ${JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))}`;
    })
    .toSorted();
}

/** What is only in one of two lists, each line with the side that it is on: `-` the first, `+` the second. */
function difference(before: readonly string[], after: readonly string[]): string[] {
  const lengths = before.concat('').map(() => after.concat('').map(() => 0));
  const at = (row: number, column: number): number => lengths[row]?.[column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      const same = before[row] === after[column];
      const line = lengths[row] ?? [];
      line[column] = same ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const result: string[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    if (row < before.length && column < after.length && before[row] === after[column]) {
      row++;
      column++;
    } else if (column === after.length || (row < before.length && at(row + 1, column) >= at(row, column + 1))) {
      result.push(`- ${before[row++]}`);
    } else result.push(`+ ${after[column++]}`);
  }
  return result;
}

/** Fails for what differs and is not listed, and for what is listed and does not differ. */
export function assertListed(official: Traffic, native: Traffic, differences: readonly Difference[]): void {
  const seen = new Set<string>();
  for (const [name, lines] of official) {
    const lead = difference(lines, native.get(name) ?? []);
    if (lead.length === 0) continue;
    const listed = differences.filter(({ cases }) => cases.includes(name));
    for (const line of lead) {
      const allowed = listed.some((one) => one.lines.some((pattern) => pattern.test(line)));
      assert.ok(allowed, `${name} differs in a way that is not listed:\n${lead.join('\n')}`);
    }
    seen.add(name);
  }
  const stale = differences.flatMap(({ cases }) => cases).filter((name) => !seen.has(name));
  assert.deepEqual(stale, [], 'listed, but they do not differ');
}
