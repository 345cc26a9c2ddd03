import type { SettingName } from '../options.ts';
import type { Candidate, Problem } from '../problem.ts';
import { nameInSource, type Source } from '../source.ts';
import type { RawValue } from '../value-type.ts';
import type { ScalarValue, YamlNode } from '../yaml.ts';

export type YamlSource = Extract<Source, { kind: 'yaml' }>;
export type NamedCandidate = readonly [name: SettingName, candidate: Candidate];

/**
 * A part of the file, and what has been asked of it: what nobody has asked for when all is read is not supported, and
 * is said to be so.
 */
export class Section {
  readonly path: string;
  readonly node: YamlNode;
  readonly #file: string;
  /** Paths that somebody has asked for, and whether that came to anything. */
  readonly #asked: Map<string, boolean>;

  constructor(node: YamlNode, file: string, path = '', asked: Map<string, boolean> = new Map()) {
    this.node = node;
    this.path = path;
    this.#file = file;
    this.#asked = asked;
  }

  get source(): YamlSource {
    const { line, column } = this.node;
    return { kind: 'yaml', path: this.path, file: this.#file, line, column };
  }

  /** Undefined where the value is nothing, a list or a map. */
  get value(): ScalarValue | undefined {
    return this.node.kind === 'scalar' ? this.node.value : undefined;
  }

  /** The text of a scalar, or those of a list of scalars. */
  get raw(): string | readonly string[] | undefined {
    if (this.node.kind === 'scalar') return String(this.node.value);
    if (this.node.kind !== 'list') return undefined;
    return this.items.map((item) => String(item.value ?? ''));
  }

  /** Undefined where there is no such key; a key without a value is there. */
  child(key: string): Section | undefined {
    const found = this.node.kind === 'map' ? this.node.entries.get(key) : undefined;
    return found && this.#below(found, this.path === '' ? key : `${this.path}.${key}`);
  }

  get entries(): readonly (readonly [key: string, section: Section])[] {
    if (this.node.kind !== 'map') return [];
    return [...this.node.entries.keys()].flatMap((key) => {
      const section = this.child(key);
      return section === undefined ? [] : [[key, section] as const];
    });
  }

  get items(): readonly Section[] {
    if (this.node.kind !== 'list') return [];
    return this.node.items.map((item, at) => this.#below(item, `${this.path}[${at}]`));
  }

  /** The one entry of what may be of several kinds: a sampler, a processor, an exporter. */
  get kind(): readonly [name: string, section: Section] {
    return this.entries[0] ?? ['', this];
  }

  /** What this says for an option, where it says something. */
  candidate(name: SettingName, raw: RawValue | undefined = this.raw): readonly NamedCandidate[] {
    return raw === undefined ? [] : [[name, { raw, source: this.source }]];
  }

  /** Has it said that this is not supported. */
  refuse(): void {
    this.#asked.set(this.path, false);
  }

  problem(text: string): Problem {
    return { severity: 'error', text: `${nameInSource(this.source)} ${text}` };
  }

  /** One line for each part that says something and that nobody has asked for. */
  unasked(): readonly Problem[] {
    const { node } = this;
    const asked = this.path === '' || this.#asked.get(this.path);
    // what says nothing and nobody knows asks for nothing
    if (asked === undefined && node.kind === 'empty') return [];
    if (asked !== true) {
      return [this.problem('is valid but not supported here; going on without it')];
    }
    const parts: (readonly [string, YamlNode])[] =
      node.kind === 'map'
        ? [...node.entries].map(([key, value]) => [this.path === '' ? key : `${this.path}.${key}`, value])
        : node.kind === 'list'
          ? node.items.map((item, at) => [`${this.path}[${at}]`, item])
          : [];
    return parts.flatMap(([path, part]) => new Section(part, this.#file, path, this.#asked).unasked());
  }

  /** Says that all of this is somebody else's, or is read whole. */
  take(): void {
    this.#asked.set(this.path, true);
    for (const [, section] of this.entries) section.take();
    for (const section of this.items) section.take();
  }

  #below(node: YamlNode, path: string): Section {
    if (!this.#asked.has(path)) this.#asked.set(path, true);
    return new Section(node, this.#file, path, this.#asked);
  }
}
