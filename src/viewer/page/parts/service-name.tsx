import { hueOf } from '../colours.ts';

/** A service's name beside its colour. */
export function ServiceName({ name, count }: { readonly name: string; readonly count?: number }) {
  return (
    <span class="service" style={{ '--hue': hueOf(name) }}>
      <bdi>{name || '(no name)'}</bdi>
      {count !== undefined && <span class="muted"> {count}</span>}
    </span>
  );
}
