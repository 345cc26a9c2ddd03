import { catalog } from '../../instrument/catalog.ts';
import { publishingCopies } from '../../instrument/publishing-copies.ts';
import { ok, warn, type Finding } from './finding.ts';
import type { ProbeReport } from './probe-report.ts';

const CHECK = 'modules.early';
const publishes = publishingCopies(catalog);
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
  const packages = before.flatMap((file) => packageOf(file) ?? []);
  const isEarly = ({ name, directory }: Package): boolean => targets.has(name) && !publishes(name, directory);
  const early = names(packages.filter(isEarly));
  const tracers = names(packages.filter(({ name }) => OTHER_TRACERS.has(name)));
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

interface Package {
  readonly name: string;
  readonly directory: string;
}

/** Of a file in node_modules, the innermost. */
function packageOf(file: string): Package | undefined {
  const [directory, name] = /^.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(file) ?? [];
  return directory === undefined || name === undefined ? undefined : { name: name.replaceAll('\\', '/'), directory };
}

function names(packages: readonly Package[]): string[] {
  return [...new Set(packages.map(({ name }) => name))];
}
