const MASK = '***';

const SENSITIVE = 'key|token|secret|pass|pwd|credential|auth|cookie|session|private|dsn|signature|\\bsig\\b';
const SENSITIVE_NAME = new RegExp(SENSITIVE, 'i');
const FLAG = /^--?[^=]+$/;

const SCHEME_VALUE = /\b(bearer|basic)\s+[^\s"',;]+/gi;
/** All up to the last `@`: a password may have one of its own. */
const USER_INFO = /([a-z][a-z\d+.-]*:\/\/)[^\s"']*@/gi;
const QUERY_VALUE = /([?&][^=&#\s]*=)[^&#\s"']*/g;
/** `name=value`, `name: value`, `"name":"value"` anywhere in the text. */
const NAMED_VALUE = new RegExp(
  `((?:${SENSITIVE})[\\w.-]*["']?\\s*[=:]\\s*)("[^"]*"|'[^']*'|[^\\s,;&}"']+(?:\\s+\\*{3})?)`,
  'gi',
);

/**
 * Hides the secrets in a command line: the values of options whose name looks like a key, token, secret or password
 * (`--api-key=S`, `--password S`, `DB_PASSWORD=S`), what stands before the `@` in a URL, and the values of its query.
 *
 * It rather hides too much: `--keyboard us` becomes `--keyboard ***`.
 */
export function maskArguments(args: readonly string[]): string[] {
  return args.map((arg, at) => {
    const before = at === 0 ? '' : (args[at - 1] ?? '');
    const isValue = FLAG.test(before) && SENSITIVE_NAME.test(before) && !/^--[a-z]/i.test(arg);
    return isValue ? MASK : maskText(arg);
  });
}

/** Hides the secrets in one argument, see {@link maskArguments}. */
export function maskText(text: string): string {
  const option = /^(-{0,2}[\w.:-]+=)/.exec(text)?.[1];
  if (option !== undefined && SENSITIVE_NAME.test(option)) return option + MASK;
  return text
    .replaceAll(SCHEME_VALUE, `$1 ${MASK}`)
    .replaceAll(USER_INFO, `$1${MASK}@`)
    .replaceAll(QUERY_VALUE, `$1${MASK}`)
    .replaceAll(NAMED_VALUE, `$1${MASK}`);
}
