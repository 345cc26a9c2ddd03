import type { OptionRow } from '../command.ts';
import { optionsOf, quote, spellings, valueKind, type CompletedCommand } from './completed-command.ts';

/** A script that is a function of `$fpath`, and may be sourced as well. */
export function zshCompletion(program: string, commands: readonly CompletedCommand[]): string {
  const func = `_${program}`;
  const described = commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`).join('\n');
  return `#compdef ${program}
# ${program} completion zsh > "\${fpath[1]}/${func}"
${func}() {
  local -a offered=(
${described}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command offered
    _arguments '--help[shows what there is]' '--version[prints the version]'
    return
  fi
  # behind -- stands a command of the user's
  local at=\${words[(i)--]}
  if (( at < CURRENT )); then
    words=("\${(@)words[at + 1,-1]}")
    (( CURRENT -= at ))
    _normal
    return
  fi
  local name=\${words[2]}
  shift words
  (( CURRENT -= 1 ))
  case $name in
${commands.map(caseOf).join('\n')}
  esac
}
if [ "$funcstack[1]" = ${func} ]; then ${func} "$@"; else compdef ${func} ${program}; fi
`;
}

function caseOf(command: CompletedCommand): string {
  const { name, verbs = [], takesFiles } = command;
  const words = verbs.map((verb) => `${verb.name}\\:"${plain(verb.help)}"`).join(' ');
  const specs = [
    ...optionsOf(command).map(optionSpec),
    ...(verbs.length > 0 ? [quote(`1: :((${words}))`)] : []),
    ...(takesFiles ? [quote('*:file:_files')] : []),
  ];
  return [`    ${name})`, `      _arguments \\\n        ${specs.join(' \\\n        ')}`, '      ;;'].join('\n');
}

function optionSpec(row: OptionRow): string {
  const names = spellings(row);
  const action = { none: '', file: ':_files', directory: ':_files -/', other: ': ' }[valueKind(row)];
  const value = row.value === undefined ? '' : `:${row.value}${action}`;
  const help = quote(`[${plain(row.help)}]${value}`);
  return names.length === 1 ? `${names[0]}${help}` : `'(${names.join(' ')})'{${names.join(',')}}${help}`;
}

/** Without what \`_arguments\` takes for its own. */
function plain(text: string): string {
  return text.replaceAll(/[[\]"]/g, '').replaceAll(':', '\\:');
}
