import { catalog } from '../../instrument/catalog.ts';
import { ok, warn, type Finding } from './finding.ts';
import type { ProbeReport } from './probe-report.ts';

const CHECK = 'modules.early';
const targets = new Set(
  catalog.flatMap(({ wokenBy }) => (Array.isArray(wokenBy) ? (wokenBy as readonly string[]) : [])),
);
/** Preloads that trace too. */
const OTHER_TRACERS = new Set([
  'dd-trace',
  'newrelic',
  'elastic-apm-node',
  '@elastic/opentelemetry-node',
  '@instana/collector',
  '@opentelemetry/auto-instrumentations-node',
]);

/** Whether something that is to be instrumented was loaded before the preload. */
export function checkEarly({ before, preload }: Pick<ProbeReport, 'before' | 'preload'>): Finding[] {
  if (preload === null) return [];
  const packages = [...new Set(before.map(packageOf))];
  const early = packages.filter((name) => name !== undefined && targets.has(name));
  const tracers = packages.filter((name) => name !== undefined && OTHER_TRACERS.has(name));
  const fix = 'name otel-preload/register before the other preloads, and not in the program itself';
  const findings = [
    early.length === 0
      ? ok(CHECK, 'nothing that is instrumented was loaded before the preload')
      : warn(CHECK, `${early.join(', ')}: loaded before the preload; what took hold of it then is not traced`, fix),
  ];
  if (tracers.length > 0)
    findings.push(
      warn('preload.alone', `${tracers.join(', ')} is preloaded too, and traces the same`, 'preload one of them'),
    );
  return findings;
}

/** Of a file in node_modules, the innermost. */
function packageOf(file: string): string | undefined {
  return /^.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(file)?.[1]?.replaceAll('\\', '/');
}
