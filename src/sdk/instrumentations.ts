/** What the configuration says to the instrumentations, OpenTelemetry's own and ours in their place. */
import type { Settings } from '../config/options.ts';
import type { Log } from '../core/log.ts';
import { ignorePaths } from '../instrument/ignore-paths.ts';
import type { LoadedInstrumentation } from '../instrument/instrument.ts';
import type { HttpSettings } from '../instrument/http/settings.ts';
import { watchUncaught } from '../lifecycle/uncaught.ts';
import type { LoadPart } from './exporters.ts';

export interface NativeOptions {
  readonly metrics: boolean;
  readonly load: LoadPart;
  readonly log: Log;
}

/** Our own instrumentations that are chosen, by the names of those whose place they take. */
export function nativeInstrumentations(
  settings: Settings,
  { metrics, load, log }: NativeOptions,
): ReadonlyMap<string, () => LoadedInstrumentation> {
  const natives = new Map<string, () => LoadedInstrumentation>();
  if (settings.httpInstrumentation === 'native') {
    natives.set('http', () => {
      const part = load('native-http') as typeof import('../instrument/http/http-instrumentation.ts');
      return new part.HttpInstrumentation({ ...httpSettings(settings), metrics, onUncaught: watchUncaught, log });
    });
  }
  return natives;
}

function httpSettings(settings: Settings): HttpSettings {
  return {
    ignores: ignorePaths(settings.ignorePaths),
    knownMethods: settings.httpKnownMethods,
    capturedHeaders: {
      serverRequest: settings.httpServerRequestHeaders,
      serverResponse: settings.httpServerResponseHeaders,
      clientRequest: settings.httpClientRequestHeaders,
      clientResponse: settings.httpClientResponseHeaders,
    },
  };
}

/** Configuration of OpenTelemetry's instrumentations by short name, handed to the constructor. */
export function officialConfigs(settings: Settings, sendsLogs: boolean): Readonly<Record<string, object>> {
  // An app prints what it prints untraced, so the trace's ids go into its log records only where that is asked for.
  const logging = { disableLogCorrelation: !settings.logCorrelation, disableLogSending: !sendsLogs };
  return { pino: logging, winston: logging, bunyan: logging, http: officialHttpConfig(settings) };
}

function officialHttpConfig(settings: Settings): object {
  const { ignores, capturedHeaders } = httpSettings(settings);
  return {
    ...(ignores && { ignoreIncomingRequestHook: ({ url = '' }: { url?: string }) => ignores(url) }),
    headersToSpanAttributes: {
      server: { requestHeaders: capturedHeaders.serverRequest, responseHeaders: capturedHeaders.serverResponse },
      client: { requestHeaders: capturedHeaders.clientRequest, responseHeaders: capturedHeaders.clientResponse },
    },
  };
}
