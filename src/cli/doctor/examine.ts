import { dirname, join, resolve } from 'node:path';
import { loadSettings, type Loaded } from '../../config/load.ts';
import { createLog } from '../../core/log.ts';
import { createResource } from '../../resource/create-resource.ts';
import { loadDetectors } from '../../resource/detectors.ts';
import type { LoadPart } from '../../sdk/exporters.ts';
import { readers } from '../readers.ts';
import { checkApiCopies } from './check-api-copies.ts';
import { checkCache, checkSpool } from './check-disk.ts';
import { checkEarly } from './check-early.ts';
import { checkCommandFlag, checkFlag } from './check-flag.ts';
import { checkNode } from './check-node.ts';
import { checkRoute } from './check-route.ts';
import { checkService } from './check-service.ts';
import { checkTracing } from './check-tracing.ts';
import { createConcealer } from './conceal.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import { findRoutes, type Route } from './find-routes.ts';
import { probeCommand } from './probe-command.ts';
import { findSubject, type Subject } from './subject.ts';
import { createTestSpans } from './test-spans.ts';

export interface ExamineOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Program and arguments whose start is looked at; empty where there is none. */
  readonly command: readonly string[];
  /** Jaeger's query API, or `none`; undefined looks beside the collector. */
  readonly query: string | undefined;
  /** Absolute path of the preload. */
  readonly register: string;
  /** Absolute path of the built probe. */
  readonly probe: string;
  /** Loads a part of the bundle. */
  readonly load: LoadPart;
  /** Told of each finding, without secrets, as soon as there is one. */
  readonly onFinding: (finding: Finding) => void;
}

/** All that was found, and what it was found of. */
export interface Examined {
  readonly findings: readonly Finding[];
  readonly subject: Subject;
  readonly loaded: Loaded;
}

/** Goes from the flag to the trace, check by check; what fails does not keep the others from being made. */
export async function examine(options: ExamineOptions): Promise<Examined> {
  const { env, cwd, command, register } = options;
  const probed = command.length === 0 ? undefined : await probeCommand(command, options);
  const subject = findSubject(probed, env, cwd);
  const loaded = loadSettings({ env: subject.env, cwd: subject.cwd, readers });
  const { choices } = loaded;
  const routes = findRoutes(choices, loaded.settings, options.load);
  const conceal = createConcealer(loaded.settings, routes);
  const findings: Finding[] = [];
  const say = (found: readonly Finding[]): void => {
    for (const { reason, fix, ...rest } of found) {
      const said = { ...rest, reason: conceal(reason), ...(fix === undefined ? {} : { fix: conceal(fix) }) };
      findings.push(said);
      options.onFinding(said);
    }
  };

  say([checkNode(subject.node)]);
  if (probed === undefined) say([checkFlag({ cwd, nodeOptions: env['NODE_OPTIONS'] ?? '', register })]);
  else say([checkCommandFlag(probed, command)]);
  if (probed?.report !== undefined) say(checkEarly(probed.report));
  say([checkApiCopies(subject.directory)]);
  say(checkConfiguration(loaded));
  say(checkTracing(loaded, choices));
  await checkWay(options, subject, loaded, routes, say);
  const { spoolDirectory, spoolMaxBytes } = loaded.settings;
  if (spoolDirectory !== undefined) {
    say(checkSpool({ directory: resolve(subject.cwd, spoolDirectory), maxBytes: spoolMaxBytes }));
  }
  const dist = dirname(probed?.report?.preload ?? options.probe);
  say([checkCache(join(dist, 'cache'), subject.node, subject.env['NODE_DISABLE_COMPILE_CACHE'] === '1')]);
  return { findings, subject, loaded };
}

function checkConfiguration({ problems }: Loaded): Finding[] {
  if (problems.length === 0) return [ok('config.valid', 'every value that is set can be used')];
  return problems.map(({ severity, text }) => (severity === 'error' ? fail : warn)('config.valid', text));
}

/** Who the service is, and whether its spans arrive. */
async function checkWay(
  { load, query }: ExamineOptions,
  { entry, cwd, isContainer }: Subject,
  { settings }: Loaded,
  routes: readonly Route[],
  say: (findings: readonly Finding[]) => void,
): Promise<void> {
  const log = createLog({ level: 'none' });
  const detectors = loadDetectors(settings.resourceDetectors, load, log);
  const created = createResource({ settings, detectors, log, entry, cwd });
  const { resource } = created;
  await created.ready;
  say(checkService(resource.attributes));
  const nextSpan = createTestSpans(resource);
  const serviceName = String(resource.attributes['service.name']);
  for (const route of routes) say(await checkRoute(route, { nextSpan, serviceName, isContainer, query }));
  created.close();
}
