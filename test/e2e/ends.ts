/** What the tests of ends share: programs that make spans, run bare and traced. */
import type { TestContext } from 'node:test';
import { app } from '../support/app.ts';
import type { Collector } from '../support/collector.ts';
import { importFlag, run, start } from '../support/run.ts';
import type { Ended, Running } from '../support/run.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A loaded machine may take its time: where the flush deadline is not what is tested, nobody meets it. */
export const noDeadline = { TRACING_FLUSH_TIMEOUT: '20000' };

/** The ways to a collector, as they are configured. */
export const exporters: Readonly<Record<string, (collector: Collector) => Environment>> = {
  'Jaeger HTTP': ({ jaegerUrl }) => ({ TRACING_URL: jaegerUrl }),
  'OTLP protobuf': ({ otlpUrl }) => ({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: otlpUrl }),
  'OTLP JSON': ({ otlpUrl }) => ({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: otlpUrl,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  }),
  'OTLP gRPC': ({ grpcUrl }) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: grpcUrl, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }),
  'Jaeger agent': ({ agentBinaryPort }) => ({
    OTEL_EXPORTER_JAEGER_AGENT_HOST: '127.0.0.1',
    OTEL_EXPORTER_JAEGER_AGENT_PORT: String(agentBinaryPort),
  }),
};

const prelude = `const { trace } = require('@opentelemetry/api');
const tracer = trace.getTracer('app');
const end = (count, name = 'span') => { for (let i = 0; i < count; i++) tracer.startSpan(name).end(); };
const stay = () => setInterval(() => {}, 1000);
`;

export interface Program {
  /** Runs it under a preload that does nothing: with `--import` the stacks that Node.js prints are others. */
  readonly bare: () => Promise<Ended>;
  readonly traced: (env: Environment) => Promise<Ended>;
  /** The command line below the binary. */
  readonly args: readonly string[];
  readonly bareArgs: readonly string[];
  readonly cwd: string;
  readonly start: (env: Environment, args?: readonly string[]) => Running;
}

/**
 * @param source what comes after `tracer`, `end(count, name)` and `stay()`
 * @param more further files
 * @param flags of Node.js
 */
export function program(
  t: TestContext,
  source: string,
  more: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Program {
  const cwd = app(t, { noop: '', 'app.cjs': prelude + source, ...more });
  const args = [...flags, ...importFlag(), 'app.cjs'];
  const bareArgs = [...flags, ...importFlag('./noop'), 'app.cjs'];
  return {
    cwd,
    args,
    bareArgs,
    bare: () => run({ args: bareArgs, cwd }),
    traced: (env) => run({ args, cwd, env: { ...noDeadline, ...env } }),
    start: (env, other = args) => start(t, { args: other, cwd, env: { ...noDeadline, ...env } }),
  };
}

/** How it ended, as whoever started it can see. */
export function shown({ code, signal, stdout, stderr }: Ended): Pick<Ended, 'code' | 'signal' | 'stdout' | 'stderr'> {
  return { code, signal, stdout, stderr };
}

/** What is told of an end without what the preload says; and what it says. */
export function split({ stderr }: Ended): { readonly own: string; readonly said: string[] } {
  const lines = stderr.split(/(?<=\n)/);
  const isOurs = (line: string): boolean => line.startsWith('otel-preload: ');
  return { own: lines.filter((line) => !isOurs(line)).join(''), said: lines.filter(isOurs) };
}

/** Spans that arrived, by name. */
export function arrived({ spans }: Collector): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name } of spans) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
