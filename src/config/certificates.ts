import type { ExporterChoice, NetworkChoice } from './choose-exporters.ts';
import { readTextFile } from './files.ts';
import type { SettingName } from './options.ts';
import { quote, type Problem } from './problem.ts';
import type { Sources } from './resolve.ts';
import { nameInSource } from './source.ts';

type Kind = keyof Pick<NetworkChoice, 'certificate' | 'clientKey' | 'clientCertificate'>;

const options = {
  'jaeger-http': {
    certificate: 'jaegerCertificate',
    clientKey: 'jaegerClientKey',
    clientCertificate: 'jaegerClientCertificate',
  },
  otlp: {
    certificate: 'otlpTracesCertificate',
    clientKey: 'otlpTracesClientKey',
    clientCertificate: 'otlpTracesClientCertificate',
  },
} as const satisfies Record<string, Record<Kind, SettingName>>;

/** One line for each certificate or key of the chosen exporters that is no PEM file, or is of no use by itself. */
export function certificateProblems(
  choices: readonly ExporterChoice[],
  sources: Sources,
  cwd: string,
): readonly Problem[] {
  const problems: Problem[] = [];
  const nameOf = (option: SettingName): string => {
    const source = sources[option];
    return source.kind === 'default' ? option : nameInSource(source);
  };
  for (const choice of choices) {
    if (!('endpoints' in choice)) continue;
    const names = options[choice.kind];
    const before = problems.length;
    for (const kind of Object.keys(names) as Kind[]) {
      const file = choice[kind];
      const wrong = file === undefined ? undefined : whatIsWrong(cwd, file);
      if (file === undefined || wrong === undefined) continue;
      const text = `${nameOf(names[kind])} must be a PEM file, got ${quote(file)}, which ${wrong}; connecting without it`;
      problems.push({ severity: 'error', text });
    }
    if (problems.length > before) continue;
    const { clientKey, clientCertificate } = choice;
    if ((clientKey === undefined) === (clientCertificate === undefined)) continue;
    const [has, lacks] =
      clientKey === undefined ? (['Certificate', 'key'] as const) : (['Key', 'certificate'] as const);
    const text = `${nameOf(names[`client${has}`])} has no effect without the ${lacks} that belongs to it`;
    problems.push({ severity: 'hint', text });
  }
  return problems;
}

function whatIsWrong(cwd: string, file: string): string | undefined {
  const found = readTextFile(cwd, file);
  if (found.status === 'absent') return 'does not exist';
  if (found.status === 'unreadable') return `cannot be read: ${found.reason}`;
  return found.content.includes('-----BEGIN ') ? undefined : 'is none';
}
