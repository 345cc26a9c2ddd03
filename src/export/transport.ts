import type { Log } from '../core/log.ts';
import type { Payload } from '../wire/encoder.ts';
import type { Answer } from './parse-answer.ts';

/** What became of one payload. Expected outcomes are values: a transport never throws and never rejects. */
export type Outcome =
  | { readonly status: 'delivered'; readonly rejected?: Rejected }
  /**
   * Final: the same bytes would be refused again; with `elsewhere` by this target only, whose address, credentials or
   * health is what is wrong.
   */
  | { readonly status: 'refused'; readonly why: string; readonly elsewhere?: true }
  /** Trouble that may pass. `afterMs` is what the collector asked for. */
  | { readonly status: 'retryable'; readonly why: string; readonly afterMs?: number };

/**
 * How long an attempt waits for its connection. A socket that is being connected keeps the process alive, unref'd or
 * not, so this is shorter than an answer may take.
 */
export const CONNECT_TIMEOUT_MS = 1000;

/** Some spans of a payload that was taken were not; sending it again would not help them. */
export interface Rejected {
  readonly spans: number;
  readonly why: string;
}

/**
 * Waits for the answer to what has been handed over, at an end that the event loop does not see.
 *
 * @param timeoutMs the most that the calling thread stands still
 * @returns undefined where none came
 */
export type LateAnswer = (timeoutMs: number) => Outcome | undefined;

export interface Transport {
  /** Where to, for messages; without credentials. */
  readonly target: string;
  /**
   * Sends one payload.
   *
   * @param deadlineMs on the `performance.now()` clock; past it the attempt ends as `retryable` and its socket is destroyed
   * @param onHandedOver called once all bytes are with the operating system: they arrive even if the process ends now; and
   *   told what waits for the answer then, where that is possible
   */
  send(payload: Payload, deadlineMs: number, onHandedOver?: OnHandedOver): Promise<Outcome>;
  /** Closes sockets; nothing is sent afterwards. */
  close(): void;
}

export type OnHandedOver = (lateAnswer?: LateAnswer) => void;

/** Where a transport says what no outcome can: that it goes on in another way, and what exactly an HTTP server has answered. */
export interface TransportLog extends Pick<Log, 'trouble' | 'over'> {
  readonly answered?: (answer: Answer) => void;
}

/** For the thread that flushes at the end of the process: whatever is to be said is said by the main thread. */
export const silentLog: TransportLog = { trouble() {}, over() {} };

/** PEM texts. */
export interface TlsTexts {
  readonly ca?: string;
  readonly key?: string;
  readonly cert?: string;
}

export interface TlsConfig extends TlsTexts {
  /** Where the texts came from, to be read anew when connections fail: certificates are renewed. */
  readonly files?: { readonly [Name in keyof TlsTexts]?: string };
}

export interface ProxyConfig {
  /** `http://host:port` or `https://host:port`. */
  readonly url: string;
  /** The value of `proxy-authorization`. */
  readonly authorization?: string;
}

/** What HTTP and gRPC have in common. */
export interface NetworkTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  readonly tls?: TlsConfig;
  /** Path of a unix socket, which goes before the host and port of the URL. */
  readonly socketPath?: string;
  readonly proxy?: ProxyConfig;
}

/** Plain data from which a transport is made: it can be handed to the thread that flushes at the end of the process. */
export type TransportConfig =
  | (NetworkTarget & { readonly kind: 'http' })
  | (NetworkTarget & { readonly kind: 'grpc' })
  | { readonly kind: 'udp'; readonly host: string; readonly port: number }
  /** Undefined is stdout. */
  | { readonly kind: 'file'; readonly path: string | undefined }
  | { readonly kind: 'failover'; readonly targets: readonly TransportConfig[] };
