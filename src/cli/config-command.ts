import { existsSync, writeFileSync } from 'node:fs';
import { effectiveValues, furtherValues } from '../config/effective.ts';
import { toJsonSchema } from '../config/json-schema.ts';
import { loadSettings, type Loaded } from '../config/load.ts';
import { renderYamlTemplate } from '../config/yaml-template.ts';
import { UsageError, type Command } from './command.ts';
import { configVariable } from './config-variable.ts';
import { readers } from './readers.ts';
import { textTable } from './text-table.ts';

/** `EX_CONFIG` of `sysexits.h`. */
const EXIT_CONFIG = 78;
const EXIT_FAILED = 1;

export const configCommand: Command = {
  name: 'config',
  summary: 'Shows the configuration that is in effect here, and where each value is from; secrets are masked.',
  usage: ['config [--all] [--json]', 'config schema', 'config init [FILE]', 'config check FILE [--json]'],
  options: [
    { name: 'all', short: 'a', help: 'shows the options that nobody has set too' },
    { name: 'json', help: 'prints JSON' },
  ],
  verbs: [
    { name: 'schema', help: 'prints the JSON Schema of the YAML, for editors' },
    { name: 'init', help: 'prints or writes a YAML with every option commented out' },
    { name: 'check', help: 'says what is wrong with a YAML' },
  ],
  takesFiles: true,
  takesCommand: false,
  run: async ({ switches, files: [verb, ...files] }) => {
    const json = switches.has('json');
    switch (verb) {
      case undefined:
        return show(loadSettings({ env: process.env, cwd: process.cwd(), readers }), {
          all: switches.has('all'),
          json,
        });
      case 'schema':
        process.stdout.write(`${JSON.stringify(toJsonSchema(), undefined, 2)}\n`);
        return 0;
      case 'init':
        return init(files);
      case 'check':
        return check(files, json);
      default:
        throw new UsageError(`config cannot ${verb}`);
    }
  },
};

function show(loaded: Loaded, { all, json }: { readonly all: boolean; readonly json: boolean }): number {
  const values = [...effectiveValues(loaded), ...furtherValues(loaded)].filter(({ isSet }) => all || isSet);
  const problems = loaded.problems.map(({ text }) => text);
  if (json) {
    const options = Object.fromEntries(
      values.map(({ name, value, source, overridden }) => [name, { value, source, overridden }]),
    );
    process.stdout.write(`${JSON.stringify({ options, problems }, undefined, 2)}\n`);
    return 0;
  }
  const rows = values.map(({ name, value, source, overridden }) => [
    name,
    value === '' ? '–' : value,
    source,
    overridden.length === 0 ? '' : `over ${overridden.join(', ')}`,
  ]);
  const nothing = 'Nothing is set; spans go by OTLP to http://localhost:4318/v1/traces.\n';
  process.stdout.write(rows.length === 0 ? nothing : textTable(rows));
  for (const text of problems) process.stderr.write(`otel-preload: ${text}\n`);
  return 0;
}

/** The file is for a person to edit, so one that is there stays. */
function init([file]: readonly string[]): number {
  if (file === undefined) {
    process.stdout.write(renderYamlTemplate());
    return 0;
  }
  if (existsSync(file)) {
    process.stderr.write(`otel-preload: ${file} is there already; it stays as it is\n`);
    return EXIT_FAILED;
  }
  writeFileSync(file, renderYamlTemplate());
  process.stdout.write(`${file} is written; TRACING_CONFIG=${file} uses it\n`);
  return 0;
}

/** Only what the file says counts here: no environment but what a declarative file refers to, no `.env`. */
function check([file, ...more]: readonly string[], json: boolean): number {
  if (file === undefined || more.length > 0) throw new UsageError('config check takes one FILE');
  const cwd = process.cwd();
  const env = { [configVariable(cwd, file)]: file };
  const { problems } = loadSettings({ env, cwd, readers, dotenv: false, variables: process.env });
  const texts = problems.map(({ text }) => text);
  if (json) process.stdout.write(`${JSON.stringify({ file, problems: texts }, undefined, 2)}\n`);
  else if (texts.length === 0) process.stdout.write(`${file} is good\n`);
  else for (const text of texts) process.stderr.write(`otel-preload: ${text}\n`);
  return texts.length === 0 ? 0 : EXIT_CONFIG;
}
