import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api';
import type { Metadata } from './grpc-js.ts';

export const incoming: TextMapGetter<Metadata> = {
  get(metadata, key) {
    const values = metadata.get(key) as string[];
    return values.length > 1 ? values : values[0];
  },
  keys: (metadata) => Object.keys(metadata.getMap()),
};

export const outgoing: TextMapSetter<Metadata> = {
  set(metadata, key, value) {
    try {
      metadata.set(key, value);
    } catch {
      // Baggage may hold what gRPC does not let through; the call must go on without it.
    }
  },
};
