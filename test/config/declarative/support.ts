import assert from 'node:assert/strict';
import { readDeclaration, type Declaration } from '../../../src/config/declarative/read-declarative.ts';
import { Section } from '../../../src/config/declarative/section.ts';
import { nearest } from '../../../src/config/suggest.ts';
import { parseYaml } from '../../../src/config/yaml.ts';
import type { NamedCandidate } from '../../../src/config/declarative/section.ts';
import type { Problem } from '../../../src/config/problem.ts';

/** The root of a file `otel.yaml`. */
export function sectionOf(content: string): Section {
  const parsed = parseYaml(content);
  assert.ok(parsed.status === 'parsed', content);
  return new Section(parsed.root, 'otel.yaml');
}

/** What each option is said to be, and where. */
export function said(candidates: readonly NamedCandidate[] | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    (candidates ?? []).map(([name, { raw, source }]) => [name, [raw, 'line' in source && source.line]]),
  );
}

/** What a reader makes of a file, with all that is said about it. */
export function reading<T>(
  content: string,
  read: (root: Section, report: (problem: Problem) => void) => T,
): { result: T; lines: readonly string[] } {
  const root = sectionOf(content);
  const problems: Problem[] = [];
  const result = read(root, (problem) => void problems.push(problem));
  return { result, lines: [...problems, ...root.unasked()].map(({ text }) => text) };
}

/** Reads a whole file with these variables. */
export function declare(content: string, variables: Readonly<Record<string, string>> = {}): Declaration {
  return readDeclaration({ content, file: 'otel.yaml', lookup: (name) => variables[name], suggest: () => nearest });
}

export function linesOf({ problems }: Declaration): readonly string[] {
  return problems.map(({ text }) => text);
}
