import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { yamlFileNames } from '../src/config/files.ts';
import { groups, type Option } from '../src/config/option.ts';
import { optionRows, options } from '../src/config/options.ts';

const tableHead = '| option | variable | YAML | default | meaning |\n| --- | --- | --- | --- | --- |';

/** The whole of `docs/configuration.md`, from the table of options. */
export function renderConfiguration(): string {
  const sections = Object.entries(groups).map(([group, title]) => {
    const rows = optionRows.filter(([, row]) => row.group === group).map(([name, row]) => renderRow(name, row));
    return `### ${title}\n\n${tableHead}\n${rows.join('\n')}`;
  });
  return `${[prose, ...sections].join('\n\n')}\n`;
}

function renderRow(name: string, row: Option): string {
  const cells = [
    code(name),
    row.env.map(code).join('<br>') || '–',
    row.yaml === undefined ? '–' : code(row.yaml),
    renderDefault(row),
    renderMeaning(row),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function renderDefault(row: Option): string {
  const inherited = Object.entries<Option>(options).find(([name]) => name === row.inherits)?.[1];
  if (inherited !== undefined) return `as ${code(inherited.env[0] ?? '')}`;
  const text = row.default === undefined ? '' : row.type.format(row.default);
  return text === '' ? '–' : code(text);
}

/** Names that can be chosen are part of the meaning; what numbers and texts look like goes without saying. */
function renderMeaning({ doc, type, secret }: Option): string {
  const names = /^(?:one of|a list of) (.+)$/.exec(type.allowed)?.[1];
  const allowed =
    names === undefined || names === 'names' ? '' : ` ${upperFirst(type.allowed.replace(names, renderNames(names)))}.`;
  return `${doc}${allowed}${secret ? ' Never shown.' : ''}`;
}

function renderNames(names: string): string {
  return names.replaceAll(/[\w./-]+(?=,|$)/g, code).replace(/, or none$/, ', or `none`');
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function code(text: string): string {
  return `\`${text}\``;
}

const prose = `# Configuration

<!-- Written by \`npm run generate\` from src/config/options.ts: change it there. -->

Nothing has to be configured: without any of the options below spans go by OTLP to \`http://localhost:4318/v1/traces\`.

## Order of precedence

The environment goes before \`.env\`, \`.env\` before YAML, and YAML before the defaults. It is decided for each option by
itself, and an empty variable is as unset. Where a value cannot be used, the next source counts in its place.

## Files

\`.env\` of the working directory is parsed, not loaded: only the variables named below are read from it, and the app's
\`process.env\` stays as it was. What the platform sets is read from the environment only.

The YAML file is the one that \`TRACING_CONFIG\` names, else the first there is of ${yamlFileNames.map(code).join(', ')} in the
working directory. It may be the app's own and hold whatever else the app keeps in it:

\`\`\`yaml
tracing_url: http://jaeger:14268/api/traces
namespace: dev
register:
  name: user-srv
  grpc_port: 50061
sampler:
  name: parentbased_traceidratio
  arg: 0.1
instrumentations:
  disabled: [dns, net]
exporter:
  otlp:
    headers: { authorization: Bearer abc }
\`\`\`

Lists may be YAML lists or text with commas, maps may be YAML maps or \`key=value\` text.

OpenTelemetry's own YAML file, which is the same for all languages, is named by \`OTEL_CONFIG_FILE\`, and then goes in the place of
all of these: [declarative.md](declarative.md).

## Where spans go

1. To the exporters that \`OTEL_TRACES_EXPORTER\` names; \`none\` sends them nowhere.
2. Else to Jaeger over HTTP where \`TRACING_URL\`, \`OTEL_EXPORTER_JAEGER_ENDPOINT\` or Jaeger's user or password is set; of the
   two addresses the one from the higher source counts, and \`TRACING_URL\` where both are from the same.
3. Else to a Jaeger agent over UDP where \`OTEL_EXPORTER_JAEGER_AGENT_HOST\` or \`…_PORT\` is set. Port 6831 takes compact
   Thrift, any other is sent binary Thrift.
4. Else by OTLP. \`/v1/traces\` is appended to \`OTEL_EXPORTER_OTLP_ENDPOINT\`, while \`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT\` is
   used as it is. gRPC goes to \`http://localhost:4317\` when no endpoint is set.

Each of these addresses may be a list, and its first that takes spans gets them; a unix socket is an address too. User and
password may be part of an address (\`http://user:password@host\`). They are sent as basic authentication and
never shown. What happens on the way, with proxies, TLS and answers that are no good: [delivery.md](delivery.md).

## Mistakes

A wrong value never stops the app and never passes in silence. It is one line on stderr that says what, where, what it
got, what is allowed and what is used instead:

<!-- snippet: with wrong-delay -->
\`\`\`text
otel-preload: OTEL_BSP_SCHEDULE_DELAY (.env:12) must be whole milliseconds ≥ 0, got "5s"; using 5000
\`\`\`

The same holds for a file that cannot be read or parsed. A name near one of ours, among variables that begin with
\`OTEL_\` or \`TRACING_\` and among keys of the YAML file, is taken for a slip, and an address that will hardly do what was
meant gets a hint:

<!-- snippet: with slips -->
\`\`\`text
otel-preload: TRACING_ULR is not an option; did you mean TRACING_URL?
otel-preload: TRACING_URL is http://jaeger:14268, without /api/traces; did you mean http://jaeger:14268/api/traces?
\`\`\`

Passwords, headers, credentials in URLs and the values in a URL's query are shown as \`***\`.

With \`TRACING_STRICT=1\` any such line ends the process with code 78 before the app runs.

## Options

Numbers of milliseconds and bytes are whole numbers without a unit. The names in the first column are those of the
settings inside the preload.`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../docs/configuration.md', import.meta.url), renderConfiguration());
}
