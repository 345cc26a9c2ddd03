/** What the configuration says to the instrumentations, OpenTelemetry's own and ours in their place. */
import type { Settings } from '../config/options.ts';
import type { Log } from '../core/log.ts';
import { ignorePaths } from '../instrument/ignore-paths.ts';
import type { NativeInstrumentation } from '../instrument/instrument.ts';
import type { GrpcSettings } from '../instrument/grpc/settings.ts';
import type { HttpSettings } from '../instrument/http/settings.ts';
import { watchUncaught } from '../lifecycle/uncaught.ts';
import type { LoadPart } from './exporters.ts';

export interface NativeOptions {
  readonly metrics: boolean;
  readonly load: LoadPart;
  readonly log: Log;
}

/** Our own instrumentations that are chosen, by the names of their rows. */
export function nativeInstrumentations(
  settings: Settings,
  { metrics, load, log }: NativeOptions,
): ReadonlyMap<string, NativeInstrumentation> {
  const natives = new Map<string, NativeInstrumentation>();
  if (settings.httpInstrumentation === 'native') {
    natives.set('http', {
      wokenBy: ['http', 'https', 'http2'],
      create() {
        const part = load('native-http') as typeof import('../instrument/http/http-instrumentation.ts');
        return new part.HttpInstrumentation({ ...httpSettings(settings), metrics, onUncaught: watchUncaught, log });
      },
    });
  }
  if (settings.grpcInstrumentation === 'native') {
    natives.set('grpc', {
      create() {
        const part = load('native-grpc') as typeof import('../instrument/grpc/grpc-instrumentation.ts');
        return new part.GrpcInstrumentation({ ...grpcSettings(settings), log });
      },
    });
  }
  if (settings.expressInstrumentation === 'native') {
    natives.set('express', {
      create() {
        const part = load('native-express') as typeof import('../instrument/express/express-instrumentation.ts');
        return new part.ExpressInstrumentation({ log });
      },
    });
  }
  natives.set('fastify', {
    create() {
      const part = load('native-fastify') as typeof import('../instrument/fastify/fastify-instrumentation.ts');
      return new part.FastifyInstrumentation({ log });
    },
  });
  for (const name of ['h3', 'mysql2', 'redis'] as const) {
    natives.set(name, {
      create() {
        const part = load('native-published') as typeof import('../instrument/published/published-instrumentation.ts');
        return new part.PublishedInstrumentation(part.libraries[name], { log });
      },
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

function grpcSettings(settings: Settings): GrpcSettings {
  return {
    ignores: ignorePaths(settings.ignorePaths),
    capturedMetadata: {
      serverRequest: settings.grpcServerRequestMetadata,
      serverResponse: settings.grpcServerResponseMetadata,
      clientRequest: settings.grpcClientRequestMetadata,
      clientResponse: settings.grpcClientResponseMetadata,
    },
  };
}

/** Configuration of OpenTelemetry's instrumentations by short name, handed to the constructor. */
export function officialConfigs(settings: Settings, sendsLogs: boolean): Readonly<Record<string, object>> {
  // An app prints what it prints untraced, so the trace's ids go into its log records only where that is asked for.
  const logging = { disableLogCorrelation: !settings.logCorrelation, disableLogSending: !sendsLogs };
  const http = officialHttpConfig(settings);
  return { pino: logging, winston: logging, bunyan: logging, http, grpc: officialGrpcConfig(settings) };
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

function officialGrpcConfig(settings: Settings): object {
  const { capturedMetadata } = grpcSettings(settings);
  return {
    metadataToSpanAttributes: {
      server: { requestMetadata: capturedMetadata.serverRequest, responseMetadata: capturedMetadata.serverResponse },
      client: { requestMetadata: capturedMetadata.clientRequest, responseMetadata: capturedMetadata.clientResponse },
    },
  };
}
