import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cleanup } from '../support/cleanup.ts';
import type { Collector } from '../support/collector.ts';
import { freePort } from '../support/ports.ts';
import { checkout, run, start, testNode, type Ended } from '../support/run.ts';
import { checkDotenv, checkYaml } from './check-configuration.ts';
import { checkDockerfile, checkGo, checkShell, checkText } from './check-form.ts';
import type { Snippet } from './snippet.ts';

/** A safety net, as that of `run`. */
const STARTING_MS = 30_000;
const fixtures = join(checkout, 'test/fixtures/docs');
/** Where the docs say that Jaeger or a collector is; the stand-in is meant. */
const collectorAddresses = /http:\/\/(?:jaeger|otel-collector|localhost|127\.0\.0\.1):(?:14268|4318)/g;

/** Programs of a page, each in the language's own way. */
const programs: Readonly<Record<string, { readonly extension: string; readonly flags: readonly string[] }>> = {
  js: { extension: 'mjs', flags: [] },
  ts: { extension: 'mts', flags: ['--import', 'tsx'] },
};

/** Tries the snippets of one page in the order in which they stand there. */
export class PageRunner {
  readonly #collector: Collector;
  readonly #installed: string;
  #heading = '';
  #directory = '';
  /** What the commands and programs below this heading have printed. */
  #printed = '';
  /** Files below this heading that nothing has run after yet. */
  #unused: string[] = [];

  /** @param installed from `installPackage` */
  constructor(installed: string, collector: Collector) {
    this.#installed = installed;
    this.#collector = collector;
  }

  /** Tries one; rejects where something is not as the page says. One with `skip` is looked at as far as its form goes. */
  async try(t: Cleanup, snippet: Snippet): Promise<void> {
    const { language, marks } = snippet;
    if (snippet.heading !== this.#heading || this.#directory === '') this.#begin(snippet.heading);
    const text = snippet.text.replaceAll(collectorAddresses, this.#collector.url);
    if (marks.with !== undefined) cpSync(join(fixtures, marks.with), this.#directory, { recursive: true });
    if (marks.file !== undefined) this.#write(marks.file, text);
    if (language === 'sh') this.#unused = [];
    if (marks.skip !== undefined) return checkForm(snippet, this.#directory);
    switch (language) {
      case 'sh':
        return this.#runShell(t, text, snippet);
      case 'js':
      case 'ts':
        return marks.file === undefined ? this.#runProgram(t, text, snippet) : this.#checkFile(marks.file);
      case 'text':
        return this.#comparePrinted(t, snippet);
      default:
        return checkForm(snippet, this.#directory);
    }
  }

  /** For after the last: a file that is shown and that no command uses has not been tried. */
  finish(): void {
    assert.deepEqual(this.#unused, [], `no command below "${this.#heading}" runs after these files were shown`);
  }

  #begin(heading: string): void {
    this.finish();
    this.#heading = heading;
    this.#directory = mkdtempSync(join(this.#installed, 'page-'));
    this.#printed = '';
  }

  #write(name: string, text: string): void {
    const file = join(this.#directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    this.#unused.push(name);
  }

  async #checkFile(name: string): Promise<void> {
    if (!/\.[cm]?js$/.test(name)) return;
    const { code, stderr } = await run({ args: ['--check', name], cwd: this.#directory });
    assert.equal(code, 0, stderr);
  }

  async #runShell(t: Cleanup, script: string, snippet: Snippet): Promise<void> {
    // Servers do not end by themselves, so each line is one.
    const commands = snippet.marks.get === undefined ? [script] : commandLines(script);
    for (const command of commands) await this.#runOne(t, 'bash', ['-e', '-c', command], snippet);
  }

  async #runProgram(t: Cleanup, text: string, snippet: Snippet): Promise<void> {
    const { extension, flags } = programs[snippet.language] ?? { extension: 'mjs', flags: [] };
    const name = `snippet.${extension}`;
    const around = snippet.marks.with === undefined ? undefined : join(fixtures, snippet.marks.with, name);
    const frame = around !== undefined && existsSync(around) ? readFileSync(around, 'utf8') : '// snippet\n';
    writeFileSync(join(this.#directory, name), putInto(frame, text));
    const { preload = 'otel-preload/register' } = snippet.marks;
    await this.#runOne(t, testNode, [...flags, '--import', preload, name], snippet);
  }

  async #runOne(t: Cleanup, node: string, args: readonly string[], { marks }: Snippet): Promise<void> {
    const { get, spans = [], code = 0 } = marks;
    const port = await freePort();
    const env = {
      PATH: [dirname(testNode), join(this.#installed, 'node_modules/.bin'), process.env['PATH']].join(':'),
      PORT: String(port),
      // For what names no collector itself; it counts less than TRACING_URL, from wherever that is.
      OTEL_EXPORTER_OTLP_ENDPOINT: this.#collector.url,
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
    };
    this.#collector.spans.length = 0;
    const options = { node, args, cwd: this.#directory, env };
    const ended = get === undefined ? await run(options) : await serve(t, options, port, get);
    this.#printed = ended.stdout + ended.stderr;
    const orderly = get === undefined ? ended.code === code : ended.signal === 'SIGTERM' || ended.code === 143;
    assert.ok(orderly, `${args.at(-1)} ended with ${ended.signal ?? ended.code}\n${this.#printed}`);
    if (spans.length === 0) return;
    await this.#collector.waitForSpans((arrived) =>
      spans.every((wanted) => arrived.some(({ kind, name }) => wanted === name || wanted === `${kind} ${name}`)),
    );
  }

  /** What is shown is part of what has been printed, but for numbers and ids. */
  async #comparePrinted(t: Cleanup, snippet: Snippet): Promise<void> {
    const command = join(fixtures, snippet.marks.with ?? '', 'command');
    if (snippet.marks.with !== undefined) {
      await this.#runOne(t, 'bash', ['-e', '-c', readFileSync(command, 'utf8')], snippet);
    }
    const printed = withoutNumbers(this.#printed.replaceAll(this.#collector.url, 'http://jaeger:14268'));
    for (const line of snippet.text.trimEnd().split('\n')) {
      assert.ok(printed.includes(withoutNumbers(line)), `not printed: ${line}\nbut:\n${this.#printed}`);
    }
  }
}

async function checkForm({ language, text, marks }: Snippet, directory: string): Promise<void> {
  switch (language) {
    case 'sh':
      return checkShell(text);
    case 'yaml':
      return checkYaml(text, directory);
    case 'dotenv':
      return checkDotenv(text, directory);
    case 'json':
      return void JSON.parse(text);
    case 'dockerfile':
      return checkDockerfile(text);
    case 'go':
      return checkGo(text);
    case 'js':
    case 'ts':
      if (marks.skip !== undefined) return;
      break;
    case 'text':
      return checkText(text);
  }
  throw new Error(`nobody knows how to try ${language === '' ? 'a snippet without a language' : language}`);
}

/** The lines of a script that are commands. */
function commandLines(script: string): string[] {
  return script
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => /^\s*[^\s#]/.test(line));
}

/** A frame's own imports, and the snippet's, stand first, wherever `// snippet` is. */
function putInto(frame: string, snippet: string): string {
  const imports: string[] = [];
  const rest = snippet.replaceAll(/^import .*;\n/gm, (line) => {
    imports.push(line);
    return '';
  });
  const [before, after] = frame.split(/^ *\/\/ snippet\n/m);
  if (after === undefined) throw new Error('the program around it has no line "// snippet"');
  return `${imports.join('')}${before}${rest}${after}`;
}

async function serve(
  t: Cleanup,
  options: Parameters<typeof start>[1],
  port: number,
  paths: readonly string[],
): Promise<Ended> {
  const server = start(t, { ...options, node: 'setsid', args: [options.node ?? testNode, ...options.args] });
  const state = { gone: false };
  const ended = server.ended.finally(() => {
    state.gone = true;
  });
  // The shell that npm starts dies of a signal and leaves the program behind: there it is for all, as in a terminal.
  const whom = options.args.some((arg) => arg.includes('npm ')) ? -server.pid : server.pid;
  t.after(() => {
    if (!state.gone) process.kill(-server.pid, 'SIGKILL');
  });
  const deadlineMs = performance.now() + STARTING_MS;
  while (!state.gone && !(await listens(port))) {
    if (performance.now() > deadlineMs) throw new Error(`nothing listens on ${port}\n${server.stdout}${server.stderr}`);
    await delay(50);
  }
  for (const path of state.gone ? [] : paths) await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  if (!state.gone) process.kill(whom, 'SIGTERM');
  return ended;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .once('connect', () => resolve(true))
      .once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Numbers, ids and how wide a column is are another thing in each run. */
function withoutNumbers(text: string): string {
  return text
    .replaceAll(/\b[\da-f]{16,32}\b/g, 'id')
    .replaceAll(/\d+(?:\.\d+)?/g, '0')
    .replaceAll(/ +/g, ' ');
}
