/** What a drawn span needs; whoever has spans of another shape maps them to it. */
export interface DrawnSpan {
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly service: string;
  /** Empty for an internal span. */
  readonly kind: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Only compared with each other. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Why it failed; undefined where it did not. */
  readonly error: string | undefined;
}

/** The few attributes that tell one request from another; the first that says something new is shown. */
const TELLING = ['url.path', 'url.full', 'db.query.text', 'messaging.destination.name', 'exception.message'];
const MAX_TEXT = 120;
const SECOND_MS = 1000;

/**
 * Draws the spans of one trace as a tree, one line each: service, kind, name, duration, error.
 *
 * @param colour with ANSI colours
 * @returns lines, each ended
 */
export function drawTrace(traceId: string, spans: readonly DrawnSpan[], colour: boolean): string {
  const paint = (code: number, text: string): string =>
    colour && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  const byId = new Set(spans.map(({ spanId }) => spanId));
  const children = new Map<string, DrawnSpan[]>();
  for (const span of spans) {
    const parentId = byId.has(span.parentSpanId) ? span.parentSpanId : '';
    const siblings = children.get(parentId);
    if (siblings === undefined) children.set(parentId, [span]);
    else siblings.push(span);
  }

  const lines = [paint(2, `trace ${traceId}`)];
  const drawn = new Set<DrawnSpan>();
  function visit(span: DrawnSpan, lead: string, branch: string, below: string): void {
    if (drawn.has(span)) return;
    drawn.add(span);
    lines.push(`${lead}${branch}${describe(span)}`);
    const inside = inOrder(children.get(span.spanId));
    for (const [index, child] of inside.entries()) {
      const last = index === inside.length - 1;
      visit(child, lead + below, last ? '└─ ' : '├─ ', last ? '   ' : '│  ');
    }
  }
  function describe({ service, kind, name, attributes, durationMs, error }: DrawnSpan): string {
    const telling = TELLING.map((key) => toText(attributes[key])).find((text) => text !== '' && !name.includes(text));
    const parts = [
      paint(2, oneLine(service)),
      paint(36, kind),
      paint(1, oneLine(name)),
      paint(2, oneLine(telling ?? '')),
      paint(33, duration(durationMs)),
      paint(31, error === undefined ? '' : oneLine(`✗ ${error}`)),
    ];
    return parts.filter((part) => part !== '').join(' ');
  }
  for (const root of inOrder(children.get(''))) visit(root, '', '', '');
  // What strangers sent may be its own ancestor; that has no root, and is drawn all the same.
  for (const span of spans) visit(span, '', '', '');
  return `${lines.join('\n')}\n`;
}

function inOrder(spans: readonly DrawnSpan[] = []): DrawnSpan[] {
  return spans.toSorted((a, b) => a.startMs - b.startMs);
}

/** `830 µs`, `12.3 ms`, `4.56 s`. */
function duration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  return ms < SECOND_MS ? `${ms.toFixed(1)} ms` : `${(ms / SECOND_MS).toFixed(2)} s`;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

/** Spans hold what strangers sent: no control character of theirs reaches the terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, MAX_TEXT);
}
