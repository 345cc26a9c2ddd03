import type { ReadableSpan } from '@opentelemetry/sdk-trace';

type Resource = ReadableSpan['resource'];
type Attributes = Readonly<Record<string, unknown>>;

/**
 * The encoded form of the one resource that a batch has, made anew when another comes, when its asynchronous
 * attributes have arrived, or when it has learned something since (`attributes` is another object then).
 */
export class ResourceCache<Encoded> {
  readonly #encode: (attributes: Attributes, resource: Resource) => Encoded;
  #resource: Resource | undefined;
  /** Undefined while attributes are pending. */
  #attributes: Attributes | undefined;
  #encoded: Encoded | undefined;

  constructor(encode: (attributes: Attributes, resource: Resource) => Encoded) {
    this.#encode = encode;
  }

  get(resource: Resource): Encoded {
    const attributes = resource.asyncAttributesPending === true ? undefined : resource.attributes;
    if (this.#encoded === undefined || resource !== this.#resource || attributes !== this.#attributes) {
      this.#encoded = this.#encode(attributes ?? settledAttributes(resource), resource);
      this.#resource = resource;
      this.#attributes = attributes;
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
