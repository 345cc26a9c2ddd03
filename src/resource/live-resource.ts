import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { type RawResourceAttribute, type Resource, resourceFromAttributes } from '@opentelemetry/resources';

/**
 * A resource that may still learn something while spans are already sent.
 *
 * OpenTelemetry's own knows attributes that come as promises, but whoever exports waits for them, and a process that
 * never listens would wait for its port forever. Here `attributes` is what is known now: one frozen object until
 * something is learned, and then another. An encoder that keeps the resource's bytes compares `attributes`.
 *
 * What needs no waiting is found out when somebody first looks: a program that makes no span does not pay for it.
 */
export class LiveResource implements Resource {
  readonly schemaUrl?: string;
  readonly #layers: ReadonlyMap<string, Record<string, AttributeValue>>;
  readonly #settled: Promise<void>;
  #resolve: () => void = () => {};
  #known: Attributes | undefined;
  #pending = true;
  #findOut: (() => void) | undefined;

  /**
   * @param layers names of the sources, the weakest first
   * @param findOut called once, before the first look; it learns what there is to know, and settles
   * @param schemaUrl of what the attributes follow
   */
  constructor(layers: readonly string[], findOut?: () => void, schemaUrl?: string) {
    this.#findOut = findOut;
    if (schemaUrl !== undefined) this.schemaUrl = schemaUrl;
    this.#layers = new Map(layers.map((layer) => [layer, {}]));
    this.#settled = new Promise((resolve) => (this.#resolve = resolve));
  }

  get asyncAttributesPending(): boolean {
    this.#look();
    return this.#pending;
  }

  get attributes(): Attributes {
    this.#look();
    this.#known ??= Object.freeze(Object.assign({}, ...this.#layers.values()) as Attributes);
    return this.#known;
  }

  /** Sets one attribute of one source; what no attribute can be (undefined, an object, an empty name) is left out. */
  learn(layer: string, key: string, value: unknown): void {
    const attributes = this.#layers.get(layer);
    if (attributes === undefined || key === '' || !isAttributeValue(value)) return;
    attributes[key] = value;
    this.#known = undefined;
  }

  /** Ends the waiting; something may still be learned after it. */
  settle(): void {
    this.#pending = false;
    this.#resolve();
  }

  waitForAsyncAttributes(): Promise<void> {
    this.#look();
    return this.#settled;
  }

  getRawAttributes(): RawResourceAttribute[] {
    return Object.entries(this.attributes) as RawResourceAttribute[];
  }

  #look(): void {
    const findOut = this.#findOut;
    this.#findOut = undefined;
    findOut?.();
  }

  /** @returns a resource that learns nothing more */
  merge(other: Resource | null): Resource {
    return other === null ? this : resourceFromAttributes({ ...this.attributes }).merge(other);
  }
}

function isAttributeValue(value: unknown): value is AttributeValue {
  if (Array.isArray(value)) return value.every((item) => item === null || isPrimitive(item));
  return isPrimitive(value);
}

function isPrimitive(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
