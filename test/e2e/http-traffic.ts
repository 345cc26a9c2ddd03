import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { app, tempDir } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import type { ReceivedSpan } from '../support/received-span.ts';
import { importFlag, run } from '../support/run.ts';

/** What a case of the traffic has left: its spans as lines, one for each span and each attribute. */
export type Traffic = ReadonlyMap<string, readonly string[]>;

const program = readFileSync(new URL('./programs/http-traffic.cjs', import.meta.url), 'utf8');

/** Those that both instrumentations are to capture. */
const CAPTURED = 'x-captured,content-length,cookie,set-cookie';

/**
 * Runs all of programs/http-traffic.cjs under one instrumentation.
 *
 * @param only runs the cases that have this in their name
 */
export async function runTraffic(t: TestContext, instrumentation: string, only?: string): Promise<Traffic> {
  const collector = await startCollector(t);
  const dir = tempDir(t);
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  makeCertificate(key, cert);
  const cwd = app(t, { 'traffic.cjs': program });
  const args = [...importFlag(), 'traffic.cjs', key, cert, ...(only === undefined ? [] : [only])];
  const env = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.otlpUrl,
    TRACING_HTTP_INSTRUMENTATION: instrumentation,
    TRACING_FLUSH_TIMEOUT: '10000',
    OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_REQUEST: CAPTURED,
    OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_RESPONSE: CAPTURED,
    OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_REQUEST: CAPTURED,
    OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_RESPONSE: CAPTURED,
    NODE_NO_WARNINGS: '1',
  };
  const { stdout, stderr, code } = await run({ args, cwd, env, timeoutMs: 120_000 });
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (code !== 0 || !stdout.startsWith('{')) throw new Error(`${code}\n${stdout}\n${stderr}`);
  const { cases, ports, unixPath } = JSON.parse(last) as {
    readonly cases: number;
    readonly ports: Readonly<Record<string, number>>;
    readonly unixPath: string;
  };
  const names = new Map([
    ...Object.entries(ports).map(([name, port]) => [String(port), `<${name}>`] as const),
    [unixPath, '<socket>'],
  ]);
  const traffic = render(collector.spans, names);
  if (only === undefined && traffic.size !== cases) throw new Error(`${traffic.size} of ${cases} cases have spans`);
  return traffic;
}

function makeCertificate(key: string, cert: string): void {
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...kind, '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
}

function render(spans: readonly ReceivedSpan[], names: ReadonlyMap<string, string>): Traffic {
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
    const own = spans.filter(isHere).flatMap((span) => renderTree(span, spans, names, ''));
    const below = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
    const inside = inOrder(below.map((span) => renderTree(span, spans, names, '')));
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

function renderTree(
  span: ReceivedSpan,
  all: readonly ReceivedSpan[],
  names: ReadonlyMap<string, string>,
  indent: string,
): string[] {
  const { kind, name, status, events, attributes } = span;
  const remote =
    indent === '' && span.parentSpanId !== undefined && !all.some((one) => one.spanId === span.parentSpanId);
  const own = [
    `${kind} ${name}${remote ? ` of ${span.traceId} ${span.parentSpanId}` : ''}`,
    ...(status.code === 'UNSET' ? [] : [`  status ${status.code} ${status.message}`]),
    ...renderAttributes(attributes, '  '),
    ...events.flatMap((event) => [`  event ${event.name}`].concat(renderAttributes(event.attributes, '    '))),
  ].map((line) => indent + withNames(line, names));
  const below = all.filter(({ parentSpanId }) => parentSpanId === span.spanId);
  return [...own, ...inOrder(below.map((child) => renderTree(child, all, names, `${indent}  > `)))];
}

/** Name, type and value; of the ports that the system has chosen, and of stacks, only that they are there. */
function renderAttributes(attributes: ReceivedSpan['attributes'], indent: string): string[] {
  return Object.entries(attributes)
    .map(([key, value]) => {
      if (key === 'exception.stacktrace') return `${indent}${key} ${typeof value}`;
      return `${indent}${key} ${JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))}`;
    })
    .toSorted();
}

function withNames(line: string, names: ReadonlyMap<string, string>): string {
  let named = line;
  for (const [text, name] of names) named = named.replaceAll(text, name);
  return named.replace(/(network\.peer\.port) [1-9]\d{3,4}$/, '$1 <any>');
}

/** What is only in one of two lists, each line with the side that it is on: `-` the first, `+` the second. */
export function difference(before: readonly string[], after: readonly string[]): string[] {
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
