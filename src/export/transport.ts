import type { Payload } from '../wire/encoder.ts';

/** What became of one payload. Expected outcomes are values: a transport never throws and never rejects. */
export type Outcome =
  | { readonly status: 'delivered'; readonly rejected?: Rejected }
  /** Final: the same bytes would be refused again. */
  | { readonly status: 'refused'; readonly why: string }
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

export interface Transport {
  /** Where to, for messages; without credentials. */
  readonly target: string;
  /**
   * Sends one payload.
   *
   * @param deadlineMs on the `performance.now()` clock; past it the attempt ends as `retryable` and its socket is destroyed
   * @param onHandedOver called once all bytes are with the operating system: they arrive even if the process ends now
   */
  send(payload: Payload, deadlineMs: number, onHandedOver?: () => void): Promise<Outcome>;
  /** Closes sockets; nothing is sent afterwards. */
  close(): void;
}

/** TLS files as configured, PEM texts. */
export interface TlsConfig {
  readonly ca?: string;
  readonly key?: string;
  readonly cert?: string;
}

/** Plain data from which a transport is made: it can be handed to the thread that flushes at the end of the process. */
export type TransportConfig =
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly gzip: boolean;
      readonly tls?: TlsConfig;
    }
  | {
      readonly kind: 'grpc';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly gzip: boolean;
      readonly tls?: TlsConfig;
    }
  | { readonly kind: 'udp'; readonly host: string; readonly port: number };
