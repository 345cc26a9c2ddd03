import type { Attributes, AttributeValue, SpanKind, SpanOptions } from '@opentelemetry/api';

/**
 * Attributes as key, value, key, value, as they came: half as dear to fill as an object with a dozen keys of its own, and
 * a tenth to walk through (Node.js 20, 24). They are few, so a key is found by looking at each.
 */
export type AttributeList = unknown[];

/**
 * How an instrumentation of ours starts a span. Our tracer takes the list as it is, which saves an object and a copy; any
 * other reads `attributes`.
 */
export interface ListedSpanOptions extends SpanOptions {
  /** Made anew each time it is read. Keys differ; values are text, numbers, booleans, or lists of these that stay as they are. */
  readonly attributeList: AttributeList;
}

/** Of spans that all begin with the same attributes. */
export class SameAttributes implements ListedSpanOptions {
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly #list: Readonly<AttributeList>;

  constructor(kind: SpanKind, attributes: Attributes) {
    this.kind = kind;
    this.attributes = attributes;
    this.#list = Object.entries(attributes).flat();
  }

  get attributeList(): AttributeList {
    return this.#list.slice();
  }
}

/** Adds an attribute, unless it has no value. */
export function addTo(list: AttributeList, key: string, value: AttributeValue): void {
  if (value !== undefined) list.push(key, value);
}

export function toAttributes(list: Readonly<AttributeList>): Attributes {
  const attributes: Attributes = {};
  for (let at = 0; at < list.length; at += 2) attributes[list[at] as string] = list[at + 1];
  return attributes;
}
