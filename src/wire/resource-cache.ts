import type { ReadableSpan } from '@opentelemetry/sdk-trace';

type Resource = ReadableSpan['resource'];
type Attributes = Readonly<Record<string, unknown>>;

/**
 * The encoded form of the one resource that a batch has, made anew when another comes or when its
 * asynchronous attributes have arrived.
 */
export class ResourceCache<Encoded> {
  readonly #encode: (attributes: Attributes, resource: Resource) => Encoded;
  #resource: Resource | undefined;
  #pending = false;
  #encoded: Encoded | undefined;

  constructor(encode: (attributes: Attributes, resource: Resource) => Encoded) {
    this.#encode = encode;
  }

  get(resource: Resource): Encoded {
    const pending = resource.asyncAttributesPending === true;
    if (this.#encoded === undefined || resource !== this.#resource || pending !== this.#pending) {
      this.#encoded = this.#encode(pending ? settledAttributes(resource) : resource.attributes, resource);
      this.#resource = resource;
      this.#pending = pending;
    }
    return this.#encoded;
  }
}

/** What is known so far; `resource.attributes` would say the same, and complain to the app's diagnostics. */
function settledAttributes(resource: Resource): Attributes {
  const attributes = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of resource.getRawAttributes()) {
    const settled = typeof value !== 'object' || value === null || !('then' in value);
    if (settled && key !== '') attributes[key] ??= value;
  }
  return attributes;
}
