interface NetworkError extends NodeJS.ErrnoException {
  /** Of the attempts with each of a name's addresses. */
  readonly errors?: readonly NodeJS.ErrnoException[];
}

/** A network error in a few words: the code where there is one, since messages repeat address and port. */
export function reason(error: NetworkError): string {
  // A stream that was cancelled with its session says so, and what ended the session is the cause.
  const { cause } = error;
  if (cause instanceof Error) return reason(cause);
  return error.code ?? error.errors?.[0]?.code ?? error.message;
}

/** Whether TLS could not be set up with the keys and certificates given: they may be half written, and good next time. */
export function isTlsSetup(code: string): boolean {
  return /^ERR_(?:OSSL|SSL|TLS|CRYPTO)_/.test(code);
}
