import { optionsOf, quote, spellings, valueKind, type CompletedCommand, type ValueKind } from './completed-command.ts';

/** A script for bash 3.2 and later; without the package bash-completion a command behind `--` has names and files only. */
export function bashCompletion(program: string, commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const func = `_${program.replaceAll('-', '_')}`;
  return `# ${program} completion bash >> ~/.bash_completion
${func}() {
  local IFS=$'\\n' current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} at
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${func}_words '${names} --help --version'
    return
  fi
  # behind -- stands a command of the user's
  for ((at = 2; at < COMP_CWORD; at++)); do
    [ "\${COMP_WORDS[at]}" = -- ] || continue
    if declare -F _command_offset >/dev/null; then
      unset IFS
      _command_offset $((at + 1))
    elif [ $((at + 1)) -eq "$COMP_CWORD" ]; then
      COMPREPLY=($(compgen -c -- "$current"))
    else
      ${func}_paths -f
    fi
    return
  done
  case \${COMP_WORDS[1]} in
${commands.map((command) => caseOf(func, command)).join('\n')}
  esac
}
${func}_words() {
  COMPREPLY+=($(IFS=' '; compgen -W "$1" -- "$current"))
}
${func}_paths() {
  compopt -o filenames 2>/dev/null
  COMPREPLY+=($(compgen "$1" -- "$current"))
}
complete -F ${func} ${program}
`;
}

/** What is offered for the words of one command, by the word before and the one that is typed. */
function caseOf(func: string, command: CompletedCommand): string {
  const all = optionsOf(command);
  const behind = (kind: ValueKind): string =>
    all
      .filter((row) => valueKind(row) === kind)
      .flatMap(spellings)
      .map((spelling) => `${spelling}:*`)
      .join(' | ');
  const words = [...all.map(({ name }) => `--${name}`), ...(command.takesCommand ? ['--'] : [])];
  const verbs = (command.verbs ?? []).map(({ name }) => name);
  const others = [
    ...(verbs.length > 0 ? [`[ "$COMP_CWORD" -ne 2 ] || ${func}_words ${quote(verbs.join(' '))}`] : []),
    ...(command.takesFiles ? [`${func}_paths -f`] : []),
  ];
  const cases = [
    [behind('file'), `${func}_paths -f`],
    [behind('directory'), `${func}_paths -d`],
    [behind('other'), ':'],
    ['*:-*', `${func}_words ${quote(words.join(' '))}`],
    [others.length > 0 ? '*' : '', others.join('; ')],
  ];
  return [
    `    ${command.name})`,
    '      case $before:$current in',
    ...cases.filter(([pattern]) => pattern !== '').map(([pattern, action]) => `        ${pattern}) ${action} ;;`),
    '      esac',
    '      ;;',
  ].join('\n');
}
