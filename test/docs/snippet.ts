/** What a comment before a snippet says of how it is tried; CONTRIBUTING.md explains each. */
export interface Marks {
  /** Not run, because of this. */
  readonly skip?: string;
  /** What is written before it is tried: a directory of test/fixtures/docs. */
  readonly with?: string;
  /** What a program is started with; default `otel-preload/register`. */
  readonly preload?: string;
  /** A file of this name, for the snippets after it below the same heading. */
  readonly file?: string;
  /** Paths that are asked of the server which each line starts; then the server gets SIGTERM. */
  readonly get?: readonly string[];
  /** Names, or kinds and names, of spans that have to arrive. */
  readonly spans?: readonly string[];
  /** The exit code; default 0. */
  readonly code?: number;
}

export interface Snippet {
  /** As after the fence, in lower case; empty where nothing stands there. */
  readonly language: string;
  readonly text: string;
  /** Of the fence, counted from 1. */
  readonly line: number;
  /** The nearest heading above it of the first or second level. */
  readonly heading: string;
  readonly marks: Marks;
}

const readers: { readonly [K in keyof Marks]-?: (value: string) => Marks[K] } = {
  skip: text,
  with: text,
  preload: text,
  file: text,
  get: list,
  spans: list,
  code: (value) => {
    if (!/^\d+$/.test(value)) throw new Error(`code is a number, got ${JSON.stringify(value)}`);
    return Number(value);
  },
};

/**
 * Finds the fenced snippets of a Markdown text, indented ones included.
 *
 * @throws where a fence is not closed, a mark is not known, or a comment with marks has no snippet right below it
 */
export function parseSnippets(markdown: string): Snippet[] {
  const lines = markdown.split('\n');
  const snippets: Snippet[] = [];
  let heading = '';
  let marks: { readonly line: number; readonly text: string } | undefined;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    heading = /^##? +(.*)$/.exec(line)?.[1] ?? heading;
    const comment = /^\s*<!-- snippet: (.*)$/.exec(line)?.[1];
    if (comment !== undefined) {
      const first = at;
      let all = comment;
      while (!all.includes('-->') && at + 1 < lines.length) all += ` ${lines[++at]?.trim()}`;
      marks = { line: first + 1, text: all.slice(0, all.indexOf('-->')).trim() };
      continue;
    }
    const fence = /^(\s*)```(.*)$/.exec(line);
    if (fence === null) {
      // Of an indented block nobody says what it is. A list's next paragraph may be indented too, but by less.
      if (/^ {4}\S/.test(line) && lines[at - 1]?.trim() === '') {
        throw new Error(`line ${at + 1}: put a fence around the indented block`);
      }
      if (marks !== undefined && line.trim() !== '') {
        throw new Error(`line ${marks.line}: there is no snippet right below this comment`);
      }
      continue;
    }
    const [, indent = '', language = ''] = fence;
    const end = lines.findIndex((other, index) => index > at && other.trim() === '```');
    if (end === -1) throw new Error(`line ${at + 1}: the fence is not closed`);
    const body = lines
      .slice(at + 1, end)
      .map((inner) => (inner.startsWith(indent) ? inner.slice(indent.length) : inner));
    snippets.push({
      language: language.trim().toLowerCase(),
      text: `${body.join('\n')}\n`,
      line: at + 1,
      heading,
      marks: marks === undefined ? {} : parseMarks(marks.text, marks.line),
    });
    marks = undefined;
    at = end;
  }
  if (marks !== undefined) throw new Error(`line ${marks.line}: there is no snippet right below this comment`);
  return snippets;
}

/** `get /users/7; spans GET /users/:id, find user`. */
function parseMarks(marks: string, line: number): Marks {
  const entries = marks.split(/;\s*/).map((mark) => {
    const [, name = '', value = ''] = /^(\S+)\s*(.*)$/.exec(mark.trim()) ?? [];
    if (!Object.hasOwn(readers, name)) {
      throw new Error(`line ${line}: ${JSON.stringify(name)} is no mark; there are ${Object.keys(readers).join(', ')}`);
    }
    if (value === '') throw new Error(`line ${line}: ${name} says nothing`);
    return [name, readers[name as keyof Marks](value)] as const;
  });
  return Object.fromEntries(entries);
}

function text(value: string): string {
  return value;
}

function list(value: string): string[] {
  return value.split(',').map((item) => item.trim());
}
