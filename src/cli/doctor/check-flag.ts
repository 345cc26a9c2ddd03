import { createRequire } from 'node:module';
import { join } from 'node:path';
import { maskArguments, maskText } from '../../resource/mask-arguments.ts';
import { namesPreload } from '../node-options.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import type { Probed } from './probe-command.ts';

const CHECK = 'flag.reachable';
const EXIT_CONFIG = 78;

/** Whether the flag leads to the preload from here, where no command is given to be looked at. */
export function checkFlag({
  cwd,
  nodeOptions,
  register,
}: {
  cwd: string;
  nodeOptions: string;
  register: string;
}): Finding {
  const more = 'doctor -- COMMAND looks at what a command does';
  // Node.js itself would not have started, were it named and not there
  if (namesPreload(nodeOptions, register)) return ok(CHECK, `NODE_OPTIONS has it: ${maskText(nodeOptions)}`);
  try {
    const found = createRequire(join(cwd, 'package.json')).resolve('otel-preload/register');
    return ok(CHECK, `--import otel-preload/register leads to ${found}; NODE_OPTIONS does not have it; ${more}`);
  } catch {
    const fix = `npm install otel-preload, or give the path: --import ${register}`;
    return warn(CHECK, `--import otel-preload/register leads nowhere in ${cwd}`, fix);
  }
}

/** Whether the command's program is preloaded. */
export function checkCommandFlag({ report, code, stderr }: Probed, command: readonly string[]): Finding {
  const shown = maskArguments(command).join(' ');
  if (report === undefined) {
    const said = lastError(stderr);
    if (code === 127) return fail(CHECK, `${shown} cannot be started: ${said}`);
    const fix = 'where a script sets NODE_OPTIONS itself, put the flag there';
    const why = `no Node.js under ${shown} has the NODE_OPTIONS of here: it sets its own, clears the environment, or starts none`;
    return fail(CHECK, `${why}${said === '' ? '' : `; it says ${said}`}`, fix);
  }
  const { kind, node, entry, preload } = report;
  if (kind === 'unfinished') {
    if (report.code === EXIT_CONFIG)
      return fail(
        CHECK,
        'TRACING_STRICT ends the process with code 78 before the app runs',
        'mend what config.valid names',
      );
    return fail(
      CHECK,
      `Node.js ends with code ${report.code} before ${entry} runs: ${lastError(stderr)}`,
      fixOfEnd(stderr),
    );
  }
  if (preload === null) {
    const fix = 'put --import otel-preload/register before it, or into NODE_OPTIONS';
    return fail(CHECK, `${shown} starts ${entry} without the preload: neither its flags nor NODE_OPTIONS have it`, fix);
  }
  if (kind === 'late') {
    const fix = 'put --import otel-preload/register before the program instead';
    return warn(CHECK, `${entry} loads ${preload} itself, after what stands before it`, fix);
  }
  return ok(CHECK, `Node.js ${node} loads ${preload} before ${entry}`);
}

function fixOfEnd(stderr: string): string | undefined {
  return /otel-preload|register/.test(stderr) && /(?:ERR_)?MODULE_NOT_FOUND|Cannot find/.test(stderr)
    ? 'npm install otel-preload where the command runs, or give the absolute path'
    : undefined;
}

/** The line that says what is wrong, above or below its stack. */
function lastError(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return maskText(lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '');
}
