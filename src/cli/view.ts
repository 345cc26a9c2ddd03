import { startViewer, ViewerError, type Viewer, type ViewerPorts } from '../viewer/viewer.ts';
import { DecodeError } from '../viewer/decode/byte-reader.ts';
import { openInBrowser } from './browser.ts';
import { findInstallation, type Installation } from './installation.ts';
import { withPreload } from './node-options.ts';
import { SignalWatch } from './signal-watch.ts';
import { startCommand } from './started-command.ts';

export interface ViewOptions {
  readonly host?: string | undefined;
  /** Those that are named are taken or it is an error; others may be replaced where nobody has to know them. */
  readonly ports?: { readonly [K in keyof ViewerPorts]?: number | undefined };
  readonly database?: string | undefined;
  readonly maxMegabytes?: number | undefined;
  readonly maxAgeMs?: number | undefined;
  readonly files?: readonly string[];
  /** Program and arguments; started with the flag, and with variables that send its spans here. */
  readonly command?: readonly string[];
  readonly open?: boolean;
  /** Goes on when the command has ended. */
  readonly keep?: boolean;
  readonly json?: boolean;
}

const MEGABYTE = 1024 * 1024;
const MEMORY_MB = 256;
const DATABASE_MB = 1024;
/** How long a command may take to end after Ctrl-C. */
const GRACE_MS = 900;
/** Spans show soon: their batch leaves after so long. */
const SCHEDULE_DELAY_MS = '500';

/**
 * `otel-preload view`: runs the viewer until Ctrl-C, or until the command has ended.
 *
 * @returns the exit code: the command's own, 128 and the number of the signal that ended it, or 1 where the viewer could
 *   not start
 */
export async function view(options: ViewOptions): Promise<number> {
  const installation = findInstallation(import.meta.dirname);
  let viewer: Viewer;
  try {
    viewer = await start(options, installation);
  } catch (error) {
    if (!(error instanceof ViewerError)) throw error;
    return fail(error.message);
  }
  try {
    const address = await openFiles(viewer, options.files ?? []);
    return await run(viewer, address, options, installation);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return fail(error.message);
  } finally {
    await viewer.close();
  }
}

/** A file that cannot be shown; the message is for the user. */
class FileError extends Error {}

function start(options: ViewOptions, { version, pageDirectory }: Installation): Promise<Viewer> {
  const { host, database, maxAgeMs, files = [], command = [] } = options;
  const named = Object.entries(options.ports ?? {}).filter((entry): entry is [keyof ViewerPorts, number] => {
    return entry[1] !== undefined;
  });
  const isNamed = (which: keyof ViewerPorts): boolean => named.some(([name]) => name === which);
  const flexible: (keyof ViewerPorts)[] = ['page'];
  // whoever sends here is started by us, or nobody is
  if (files.length + command.length > 0) flexible.push('otlp', 'thrift');
  return startViewer({
    ports: Object.fromEntries(named),
    otherPorts: flexible.filter((which) => !isNamed(which)),
    maxBytes: (options.maxMegabytes ?? (database === undefined ? MEMORY_MB : DATABASE_MB)) * MEGABYTE,
    version,
    pageDirectory,
    ...(host === undefined ? {} : { host }),
    ...(database === undefined ? {} : { database }),
    ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
  });
}

/** @returns the address to look at: of the one trace where the files have just one */
async function openFiles(viewer: Viewer, files: readonly string[]): Promise<string> {
  const traceIds = new Set<string>();
  for (const file of files) {
    const opened = await viewer.open(file).catch((error: unknown) => {
      const isOurs = error instanceof DecodeError || (error as NodeJS.ErrnoException).code !== undefined;
      if (!isOurs) throw error;
      throw new FileError(`cannot open ${file}: ${(error as Error).message}`, { cause: error });
    });
    for (const id of opened.traceIds) traceIds.add(id);
  }
  const [only] = traceIds;
  if (traceIds.size !== 1 || only === undefined) return viewer.url;
  const url = new URL(viewer.url);
  url.pathname = `/trace/${only}`;
  return url.href;
}

async function run(
  viewer: Viewer,
  address: string,
  { command = [], open = false, keep = false, json = false }: ViewOptions,
  { register }: Installation,
): Promise<number> {
  const signals = new SignalWatch();
  const { thriftUrl, otlpUrl } = viewer;
  if (json) process.stdout.write(`${JSON.stringify({ url: address, thriftUrl, otlpUrl })}\n`);
  // the command's output stays its own
  else if (command.length > 0) process.stderr.write(`otel-preload: traces are shown at ${address}\n`);
  else process.stdout.write(`Traces  ${address}\nOTLP    ${otlpUrl}\nJaeger  ${thriftUrl}\n`);
  if (open) openInBrowser(address);
  const [program] = command;
  if (program === undefined) return signals.next();
  const code = await runCommand(command, environment(viewer, register), signals);
  if (!keep || signals.came) return code;
  process.stderr.write(`otel-preload: ${program} ended with ${code}; the traces stay at ${address} until Ctrl-C\n`);
  await signals.next();
  return code;
}

/** What makes a Node.js program below send its spans here. */
function environment(viewer: Viewer, register: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_OPTIONS: withPreload(process.env['NODE_OPTIONS'] ?? '', register),
    // a declarative file would have its own exporters, and nothing besides
    OTEL_CONFIG_FILE: '',
    OTEL_EXPERIMENTAL_CONFIG_FILE: '',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${viewer.otlpUrl}/v1/traces`,
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
    OTEL_BSP_SCHEDULE_DELAY: process.env['OTEL_BSP_SCHEDULE_DELAY'] ?? SCHEDULE_DELAY_MS,
  };
}

async function runCommand(command: readonly string[], env: NodeJS.ProcessEnv, signals: SignalWatch): Promise<number> {
  const started = startCommand(command, env);
  signals.onSignal((signal) => {
    // a terminal has sent Ctrl-C to the command too; twice would cut its own end short
    if (signal !== 'SIGINT' || !process.stdin.isTTY) started.signal(signal);
    setTimeout(() => started.signal('SIGKILL'), GRACE_MS).unref();
  });
  return (await started.ended).code;
}

function fail(text: string): number {
  process.stderr.write(`otel-preload: ${text}\n`);
  return 1;
}
