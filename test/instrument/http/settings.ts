import type { HttpSettings } from '../../../src/instrument/http/settings.ts';

/** Nothing is configured. */
export const usual: HttpSettings = {
  ignores: undefined,
  knownMethods: undefined,
  capturedHeaders: { serverRequest: [], serverResponse: [], clientRequest: [], clientResponse: [] },
};
