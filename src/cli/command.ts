import { parseArgs } from 'node:util';

/** One option of a command: what parsing, help and completion come from. */
export interface OptionRow {
  readonly name: string;
  readonly short?: string;
  /** What stands for its value in the help, FILE and DIRECTORY for paths; an option without is a switch. */
  readonly value?: string;
  /** In words, for the help. */
  readonly default?: string;
  readonly help: string;
}

export interface VerbRow {
  readonly name: string;
  readonly help: string;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** One line a way to call it, without the name of the program. */
  readonly usage: readonly string[];
  readonly options: readonly OptionRow[];
  /** Words that may come first, each for something else to do. */
  readonly verbs?: readonly VerbRow[];
  /** Whether arguments without a dash are taken. */
  readonly takesFiles: boolean;
  /** Whether a command to start may stand behind `--`. */
  readonly takesCommand: boolean;
  /** @returns the exit code */
  run(input: CommandInput): Promise<number>;
}

export interface CommandInput {
  readonly switches: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly files: readonly string[];
  /** What stands behind `--`; empty where nothing does. */
  readonly command: readonly string[];
}

/** A command line that makes no sense; the message is for the user. */
export class UsageError extends Error {}

/** What every command has. */
export const HELP: OptionRow = { name: 'help', short: 'h', help: 'shows this' };

/** @throws {UsageError} */
export function parseCommand(
  command: Command,
  args: readonly string[],
): CommandInput & { readonly wantsHelp: boolean } {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const { values, positionals } = parse(command, own);
  const rest = end < 0 ? [] : args.slice(end + 1);
  const [first] = positionals;
  if (!command.takesFiles && first !== undefined) {
    throw new UsageError(command.takesCommand && end < 0 ? `-- belongs before ${first}` : `what is ${first}?`);
  }
  if (!command.takesCommand && rest.length > 0) throw new UsageError(`${command.name} starts no command`);
  if (command.takesCommand && end >= 0 && rest.length === 0) throw new UsageError('no command after --');
  const given = Object.entries(values);
  return {
    wantsHelp: values['help'] === true,
    switches: new Set(given.filter(([, value]) => value === true).map(([name]) => name)),
    values: new Map(given.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    files: positionals,
    command: rest,
  };
}

function parse({ options }: Command, args: readonly string[]): ReturnType<typeof parseArgs> {
  const rows = [...options, HELP].map(({ name, short, value }) => {
    const type = value === undefined ? ('boolean' as const) : ('string' as const);
    return [name, short === undefined ? { type } : { type, short }] as const;
  });
  try {
    return parseArgs({ args: [...args], options: Object.fromEntries(rows), allowPositionals: true });
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(sentence, { cause: error });
  }
}

export function renderHelp(program: string, command: Command): string {
  const rows = [...command.options, HELP].map((row): [string, string] => [
    `${row.short ? `-${row.short}, ` : '    '}--${row.name}${row.value ? ` ${row.value}` : ''}`,
    row.help + (row.default ? ` (default: ${row.default})` : ''),
  ]);
  const verbs = (command.verbs ?? []).map(({ name, help }): [string, string] => [name, help]);
  const width = Math.max(...[...rows, ...verbs].map(([left]) => left.length));
  const lines = (of: readonly [string, string][]): string[] =>
    of.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  return [
    command.summary,
    '',
    ...command.usage.map((line, index) => `${index === 0 ? 'Usage:' : '      '} ${program} ${line}`),
    '',
    ...(verbs.length === 0 ? [] : [...lines(verbs), '']),
    ...lines(rows),
    '',
  ].join('\n');
}
