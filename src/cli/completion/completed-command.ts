import { HELP, type Command, type OptionRow } from '../command.ts';

/** What a shell is told of a command. */
export type CompletedCommand = Pick<Command, 'name' | 'summary' | 'options' | 'verbs' | 'takesFiles' | 'takesCommand'>;

/** What may stand behind an option: nothing, a path, or what no shell can guess. */
export type ValueKind = 'none' | 'file' | 'directory' | 'other';

export function optionsOf({ options }: CompletedCommand): readonly OptionRow[] {
  return [...options, HELP];
}

export function valueKind({ value }: OptionRow): ValueKind {
  if (value === undefined) return 'none';
  return value === 'FILE' ? 'file' : value === 'DIRECTORY' ? 'directory' : 'other';
}

/** The ways to write an option. */
export function spellings({ name, short }: OptionRow): string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
}

/** A word as every of these shells reads it back. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
