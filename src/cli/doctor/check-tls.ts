import type { Duplex } from 'node:stream';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { authorityOf, serverNameOf } from '../../export/authority.ts';
import { openTunnel } from '../../export/proxy-tunnel.ts';
import { reason } from '../../export/reason.ts';
import { CONNECT_TIMEOUT_MS } from '../../export/transport.ts';
import { placeOf } from './check-connection.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import type { Target } from './find-routes.ts';

type NetworkTarget = Exclude<Target, { kind: 'udp' }>;

const PROXY = 'collector.proxy';
const TLS = 'collector.tls';
const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
const HANDSHAKE_MS = 3_000;

/** Asks the proxy for a tunnel, where there is one before an https target, and looks at the certificate behind it. */
export async function checkTls(target: NetworkTarget): Promise<Finding[]> {
  const findings: Finding[] = [];
  let tunnel: Duplex | undefined;
  if (target.proxy !== undefined) {
    const { url } = target.proxy;
    try {
      tunnel = await openTunnel(target.proxy, authorityOf(new URL(target.url)), {
        deadlineMs: performance.now() + HANDSHAKE_MS,
      });
      findings.push(ok(PROXY, `${url} opens a tunnel to ${authorityOf(new URL(target.url))}`));
    } catch (error) {
      return [fail(PROXY, (error as Error).message, tunnelFix((error as Error).message))];
    }
  }
  return [...findings, await checkCertificate(target, tunnel)];
}

function tunnelFix(why: string): string {
  if (/answered 407/.test(why)) return 'it wants a user and a password: HTTPS_PROXY=http://user:password@proxy:3128';
  return 'it does not let through to the collector: allow it there, or name the collector in NO_PROXY';
}

async function checkCertificate(target: NetworkTarget, tunnel: Duplex | undefined): Promise<Finding> {
  const url = new URL(target.url);
  const authority = target.socketPath === undefined ? authorityOf(url) : `unix:${target.socketPath}`;
  const { files: _, ...texts } = target.tls ?? {};
  let socket: TLSSocket | undefined;
  try {
    const opened = connect({
      ...texts,
      ...(tunnel === undefined ? placeOf(url) : { socket: tunnel }),
      ...(target.socketPath === undefined ? {} : { path: target.socketPath }),
      servername: serverNameOf(url),
      ...(target.kind === 'grpc' ? { ALPNProtocols: ['h2'] } : {}),
      // what is wrong with a certificate is to be told, not only that something is; nothing is sent over this connection
      rejectUnauthorized: false,
    });
    socket = opened;
    await new Promise<void>((resolve, reject) => {
      opened.setTimeout(CONNECT_TIMEOUT_MS + HANDSHAKE_MS, () => reject(new Error('no TLS handshake in time')));
      opened.once('secureConnect', resolve);
      opened.on('error', reject);
      opened.once('close', () => reject(new Error('the connection ended before the TLS handshake')));
    });
    return judge(opened, url, authority);
  } catch (error) {
    const why = reason(error as Error);
    return fail(TLS, `${why} ${authority}`, handshakeFix(why));
  } finally {
    socket?.destroy();
  }
}

function judge(socket: TLSSocket, url: URL, authority: string): Finding {
  const certificate = socket.getPeerCertificate();
  const trouble = socket.authorizationError as unknown as string | Error | undefined;
  if (trouble) {
    const code = typeof trouble === 'string' ? trouble : reason(trouble);
    return fail(TLS, `${code} ${authority}: ${describe(code, certificate)}`, certificateFix(code, url.hostname));
  }
  const leftMs = Date.parse(certificate.valid_to) - Date.now();
  const said = `${authority} shows a certificate that is valid until ${certificate.valid_to}`;
  if (leftMs > SOON_DAYS * DAY_MS) return ok(TLS, said);
  return warn(TLS, `${said}, in ${Math.max(0, Math.floor(leftMs / DAY_MS))} days`, 'have it renewed');
}

function describe(
  code: string,
  { subject, issuer, subjectaltname = '', valid_to: until, valid_from: from }: PeerCertificate,
): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `the certificate is for ${subjectaltname || String(subject.CN)}`;
  if (code === 'CERT_HAS_EXPIRED') return `the certificate was valid until ${until}`;
  if (code === 'CERT_NOT_YET_VALID') return `the certificate is valid from ${from}`;
  return `the certificate of ${String(subject.CN)} is signed by ${String(issuer.CN)}, whom nobody here trusts`;
}

function certificateFix(code: string, host: string): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `use a name of the certificate, or have one made with ${host} in it`;
  if (code === 'CERT_HAS_EXPIRED') return 'have it renewed, and look at the clock of this machine';
  if (code === 'CERT_NOT_YET_VALID') return 'look at the clock of this machine';
  return "name the authority's file: OTEL_EXPORTER_JAEGER_CERTIFICATE for Jaeger, OTEL_EXPORTER_OTLP_CERTIFICATE for OTLP";
}

function handshakeFix(why: string): string {
  if (/ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)|EPROTO/.test(why))
    return 'what answers speaks no TLS; is http:// meant, or another port?';
  if (/ALERT_(?:NO_APPLICATION_PROTOCOL)/.test(why))
    return 'it speaks TLS and no HTTP/2, which gRPC needs; is this its gRPC port?';
  return 'is this a TLS port?';
}
