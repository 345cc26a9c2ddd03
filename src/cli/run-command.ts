import { accessSync, constants } from 'node:fs';
import { UsageError, type Command } from './command.ts';
import { withConfig } from './config-variable.ts';
import { findInstallation } from './installation.ts';
import { withPreload } from './node-options.ts';
import { startCommand, type CommandEnd } from './started-command.ts';

const EXIT_FAILED = 1;
/** What docker/entrypoint passes on as process 1. */
const PASSED_ON: readonly NodeJS.Signals[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTERM',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGCONT',
  'SIGTSTP',
  'SIGWINCH',
];
/** A terminal sends these to all of its foreground processes by itself; passed on too, they would be two. */
const OF_TERMINAL = new Set<NodeJS.Signals>(['SIGINT', 'SIGQUIT']);
/** And these it sends so that all of them stop, go on or look anew: we do as well, by the default. */
const OF_JOB_CONTROL = new Set<NodeJS.Signals>(['SIGTSTP', 'SIGCONT', 'SIGWINCH']);
/** They leave a core; ours would take the place of the command's. */
const DUMPS_CORE = new Set<NodeJS.Signals>([
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGQUIT',
  'SIGSEGV',
  'SIGSYS',
  'SIGTRAP',
  'SIGXCPU',
  'SIGXFSZ',
]);

export const runCommand: Command = {
  name: 'run',
  summary: 'Starts a command whose Node.js programs are traced, and ends as it ends.',
  usage: ['run [--config FILE] -- node app.js', 'run -- npm start'],
  options: [
    {
      name: 'config',
      short: 'c',
      value: 'FILE',
      help: 'the YAML to read, as TRACING_CONFIG or OTEL_CONFIG_FILE would name it',
    },
  ],
  takesFiles: false,
  takesCommand: true,
  run: async ({ values, command }) => {
    if (command.length === 0) throw new UsageError('no command: run -- node app.js');
    const config = values.get('config');
    const trouble = config === undefined ? undefined : whyUnreadable(config);
    if (trouble !== undefined) {
      process.stderr.write(`otel-preload: --config ${config} cannot be read: ${trouble}; nothing is started\n`);
      return EXIT_FAILED;
    }
    const { register } = findInstallation(import.meta.dirname);
    return endAs(
      await passSignalsOn(command, {
        ...(config === undefined ? process.env : withConfig(process.env, process.cwd(), config)),
        NODE_OPTIONS: withPreload(process.env['NODE_OPTIONS'] ?? '', register),
      }),
    );
  },
};

function whyUnreadable(file: string): string | undefined {
  try {
    accessSync(file, constants.R_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

async function passSignalsOn(command: readonly string[], env: NodeJS.ProcessEnv): Promise<CommandEnd> {
  const isTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const watched = PASSED_ON.filter((signal) => !(isTerminal && OF_JOB_CONTROL.has(signal)));
  const started = startCommand(command, env);
  const pass = (signal: NodeJS.Signals): void => {
    if (!(isTerminal && OF_TERMINAL.has(signal))) started.signal(signal);
  };
  for (const signal of watched) process.on(signal, pass);
  const end = await started.ended;
  for (const signal of watched) process.off(signal, pass);
  return end;
}

/** By the same signal where one ended the command. @returns the exit code, for where the signal does not end us: as process 1 */
function endAs({ code, signal }: CommandEnd): number {
  if (signal !== undefined && !DUMPS_CORE.has(signal)) process.kill(process.pid, signal);
  return code;
}
