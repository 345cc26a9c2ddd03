import { parse } from 'dotenv';

export interface DotenvValue {
  readonly value: string;
  /** Of the assignment's name, counted from 1. */
  readonly line: number;
}

/**
 * Reads some variables of a `.env` file, by dotenv's own rules, with the line of each.
 *
 * dotenv does not tell lines. Instead of a second parser that may disagree with it, the last place where the name
 * stands and where dotenv takes it for an assignment is found by trying: with another name put there, does dotenv see
 * that other name? Quoted values of many lines, `export`, comments and duplicates come out right by construction.
 *
 * @param wanted tells which names to read
 */
export function parseDotenv(content: string, wanted: (name: string) => boolean): ReadonlyMap<string, DotenvValue> {
  // the line ends that dotenv knows
  const text = content.replaceAll(/\r\n?/g, '\n');
  const found = new Map<string, DotenvValue>();
  for (const [name, value] of Object.entries(parse(text))) {
    if (wanted(name)) found.set(name, { value, line: lineAt(text, assignmentOf(text, name)) });
  }
  return found;
}

function assignmentOf(text: string, name: string): number {
  let probe = 'PROBE';
  while (text.includes(probe)) probe += '_';
  for (let at = text.lastIndexOf(name); at > 0; at = text.lastIndexOf(name, at - 1)) {
    if (probe in parse(text.slice(0, at) + probe + text.slice(at + name.length))) return at;
  }
  return 0;
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
