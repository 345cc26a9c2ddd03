/** A network error in a few words: the code where there is one, since messages repeat address and port. */
export function reason(error: NodeJS.ErrnoException & { errors?: readonly NodeJS.ErrnoException[] }): string {
  return error.code ?? error.errors?.[0]?.code ?? error.message;
}
