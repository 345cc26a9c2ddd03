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
