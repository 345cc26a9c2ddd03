#!/usr/bin/env node
/** `otel-preload`: finds the command that is asked for, and loads only that. */
import { createRequire } from 'node:module';
import { nodeTrouble } from '../core/node-version.ts';
import { findInstallation } from './installation.ts';
import { parseCommand, renderHelp, UsageError, type Command } from './command.ts';

const PROGRAM = 'otel-preload';
/** `EX_USAGE` of `sysexits.h`. */
const EXIT_USAGE = 64;

const commands: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>> = {
  run: {
    summary: 'starts a command whose Node.js programs are traced',
    load: async () => (await import('./run-command.ts')).runCommand,
  },
  view: {
    summary: 'shows traces in a page, as they come or from files',
    load: async () => (await import('./view-command.ts')).viewCommand,
  },
  demo: {
    summary: 'starts three traced services and shows their traces',
    load: async () => (await import('./demo-command.ts')).demoCommand,
  },
  config: {
    summary: 'shows the configuration in effect, checks a file, writes one',
    load: async () => (await import('./config-command.ts')).configCommand,
  },
  doctor: {
    summary: 'says why no traces arrive, and what mends it',
    load: async () => (await import('./doctor-command.ts')).createDoctorCommand(loadPart),
  },
  spool: {
    summary: 'shows, sends or deletes the spans that wait on disk',
    load: async () => (await import('./spool-command.ts')).createSpoolCommand(loadPart),
  },
  completion: {
    summary: 'prints what completes these commands in bash, zsh or fish',
    load: async () => (await import('./completion-command.ts')).createCompletionCommand(PROGRAM, loadAll),
  },
};

function loadAll(): Promise<Command[]> {
  return Promise.all(Object.values(commands).map(({ load }) => load()));
}

const require = createRequire(import.meta.url);

/** Loads one of the bundle's parts, see scripts/build.ts. */
function loadPart(part: string): unknown {
  return require(`./${part}.js`);
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${findInstallation(import.meta.dirname).version}\n`);
    return 0;
  }
  const wantsHelp = name === undefined || name === '--help' || name === '-h' || name === 'help';
  if (wantsHelp) {
    process.stdout.write(overview());
    return name === undefined ? EXIT_USAGE : 0;
  }
  const trouble = nodeTrouble(process.versions.node);
  if (trouble !== undefined) {
    process.stderr.write(`${PROGRAM}: ${trouble}; use Node.js 22, 24 or 26\n`);
    // what doctor says by this is a failure; the others could not
    return name === 'doctor' ? 2 : 1;
  }
  const known = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (known === undefined) return refuse(`there is no command ${name}`, PROGRAM);
  const command = await known.load();
  try {
    const input = parseCommand(command, args);
    if (!input.wantsHelp) return await command.run(input);
    process.stdout.write(renderHelp(PROGRAM, command));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return refuse(error.message, `${PROGRAM} ${name}`);
  }
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map(({ length }) => length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: ${PROGRAM} COMMAND [options]\n\n${lines.join('\n')}\n\n${PROGRAM} COMMAND --help tells more of one.\n`;
}

function refuse(why: string, program: string): number {
  process.stderr.write(`${PROGRAM}: ${why}; ${program} --help tells what there is\n`);
  return EXIT_USAGE;
}

// streams that keep the process alive (a browser's connection that is closing, say) are none of the user's business
void main(process.argv.slice(2)).then((code) => process.exit(code));
