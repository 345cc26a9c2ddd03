import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { LoadPart } from '../sdk/exporters.ts';
import { UsageError, type Command, type CommandInput } from './command.ts';
import { createBundle } from './doctor/create-bundle.ts';
import { examine } from './doctor/examine.ts';
import { exitCodeOf, worstOf } from './doctor/finding.ts';
import { renderFinding, renderSummary } from './doctor/render-finding.ts';
import { findInstallation } from './installation.ts';
import { wantsColour } from './wants-colour.ts';

/** Sockets of the transports keep no process alive. */
const KEEP_ALIVE_MS = 60_000;

/** @param load loads a part of the bundle: encoders and detectors */
export function createDoctorCommand(load: LoadPart): Command {
  return {
    name: 'doctor',
    summary: 'Says why no traces arrive: from the flag to a span that is read back from Jaeger.',
    usage: ['doctor [options]', 'doctor [options] -- node app.js'],
    options: [
      { name: 'config', short: 'c', value: 'FILE', help: 'the YAML file, as TRACING_CONFIG names it' },
      {
        name: 'query',
        short: 'q',
        value: 'URL',
        default: "the collector's host, port 16686",
        help: "Jaeger's page, where the span is read back; none reads nothing back",
      },
      { name: 'json', help: 'prints JSON' },
      { name: 'bundle', short: 'b', value: 'FILE', help: 'writes what a bug report needs, without secrets, as JSON' },
    ],
    takesFiles: false,
    takesCommand: true,
    run: (input) => doctor(input, load),
  };
}

async function doctor({ switches, values, command }: CommandInput, load: LoadPart): Promise<number> {
  const json = switches.has('json');
  const { stdout } = process;
  const isColoured = wantsColour(stdout, process.env);
  const installation = findInstallation(import.meta.dirname);
  const config = values.get('config');
  const keepAlive = setInterval(() => {}, KEEP_ALIVE_MS);
  const examined = await examine({
    env: { ...process.env, ...(config === undefined ? {} : { TRACING_CONFIG: resolve(config) }) },
    cwd: process.cwd(),
    command,
    query: queryOf(values.get('query')),
    register: installation.register,
    probe: join(dirname(installation.register), 'dist', 'doctor-probe.js'),
    load,
    onFinding: (finding) => json || stdout.write(renderFinding(finding, isColoured)),
  });
  clearInterval(keepAlive);
  const { findings } = examined;
  const status = worstOf(findings);
  stdout.write(json ? `${JSON.stringify({ status, findings }, undefined, 2)}\n` : renderSummary(findings));
  const bundle = values.get('bundle');
  if (bundle !== undefined) writeBundle(bundle, createBundle(examined, installation));
  return exitCodeOf(findings);
}

function writeBundle(file: string, bundle: object): void {
  let said = 'is written; look through it before you send it';
  try {
    writeFileSync(file, `${JSON.stringify(bundle, undefined, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    said = `cannot be written: ${(error as NodeJS.ErrnoException).code}`;
  }
  process.stderr.write(`otel-preload: ${file} ${said}\n`);
}

function queryOf(text: string | undefined): string | undefined {
  if (text === undefined || text === 'none' || (/^https?:\/\//.test(text) && URL.canParse(text))) return text;
  throw new UsageError(`--query is a URL with http:// or https://, or none, got ${JSON.stringify(text)}`);
}
