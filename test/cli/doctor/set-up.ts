import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { TlsOptions } from 'node:tls';
import { listen } from '../../export/servers.ts';
import { app, tempDir } from '../../support/app.ts';
import { makeCertificate, type CertificateOptions } from '../../support/certificate.ts';
import { startCollector } from '../../support/collector.ts';
import { checkout, run, type Ended } from '../../support/run.ts';

export interface SetUp {
  /** Over what a healthy service has; undefined takes it away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly files?: Readonly<Record<string, unknown>>;
  /** Directories in the place of files. */
  readonly directories?: readonly string[];
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  /** Keeps the read-back from asking whoever listens on the well-known port of this machine. */
  readonly query?: string;
}

/** Undefined after a skip. */
export type MakeSetUp = (t: TestContext) => Promise<SetUp | undefined> | SetUp;

export interface Diagnosed extends Ended {
  readonly cwd: string;
  /** All that is not ok. */
  readonly troubles: readonly string[];
}

const NAMES = { OTEL_SERVICE_NAME: 'shop', TRACING_ADDRESS: '10.1.2.3:80' };

/** Leaves `ran` behind where it runs, which under doctor it must not. */
const program = { 'app.js': "require('fs').writeFileSync('ran', '');" };

/** Runs doctor in a set-up that is healthy but for what is given. */
export async function doctor(t: TestContext, setUp: SetUp): Promise<Diagnosed> {
  const cwd = app(t, { ...program, ...setUp.files });
  for (const directory of setUp.directories ?? []) mkdirSync(join(cwd, directory));
  const command = setUp.command === undefined ? [] : ['--', ...setUp.command];
  const args = ['doctor', '--query', setUp.query ?? 'none', ...(setUp.args ?? []), ...command];
  // by the name that npm gives it, so that a preload in NODE_OPTIONS leaves it alone
  const cli = join(tempDir(t), 'otel-preload');
  symlinkSync(`${checkout}dist/cli.js`, cli);
  const ended = await run({ args: [cli, ...args], cwd, env: { ...NAMES, ...setUp.env } });
  return { ...ended, cwd, troubles: ended.stdout.split('\n').filter((line) => /^(?:warn|FAIL) /.test(line)) };
}

/** With a healthy collector behind it. */
export function healthy(more: SetUp = {}): MakeSetUp {
  return async (t) => ({ ...more, env: { TRACING_URL: (await startCollector(t)).jaegerUrl, ...more.env } });
}

/** With a server that answers each request so. */
export function answering(listener: RequestListener): MakeSetUp {
  return async (t) => {
    const port = await listen(t, createHttpServer(listener));
    return { env: { TRACING_URL: `http://127.0.0.1:${port}/api/traces` } };
  };
}

/** With a server that reads each request whole, and answers so. */
export function answeringStatus(status: number, body = ''): MakeSetUp {
  return answering((request, response) => {
    request.resume().once('end', () => response.writeHead(status).end(body));
  });
}

/** With a server behind TLS that takes whatever comes. */
export function secured(options: CertificateOptions, isTrusted: boolean, tls: TlsOptions = {}): MakeSetUp {
  return async (t) => {
    const certificate = makeCertificate(t, options);
    if (certificate === undefined) return undefined;
    const server = createHttpsServer({ ...certificate, ...tls }, (request, response) => {
      request.resume().once('end', () => response.writeHead(202).end());
    });
    const trust = isTrusted ? { OTEL_EXPORTER_JAEGER_CERTIFICATE: certificate.files.cert } : {};
    return { env: { TRACING_URL: `https://127.0.0.1:${await listen(t, server)}/api/traces`, ...trust } };
  };
}
