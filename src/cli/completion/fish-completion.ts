import { optionsOf, quote, valueKind, type CompletedCommand } from './completed-command.ts';

/** A script for fish 3. */
export function fishCompletion(program: string, commands: readonly CompletedCommand[]): string {
  const func = `__${program.replaceAll('-', '_')}`;
  const complete = `complete -c ${program}`;
  const first = `-n 'test (count (commandline -opc)) -eq 1'`;
  return `# ${program} completion fish > ~/.config/fish/completions/${program}.fish
function ${func}_is
    set -l words (commandline -opc)
    test "$words[2]" = $argv[1]; and not contains -- -- $words
end
# behind -- stands a command of the user's
function ${func}_behind
    set -l words (commandline -opc)
    set -l at (contains -i -- -- $words); or return
    set -l command (string escape -- $words[(math $at + 1)..-1]) (commandline -ct)
    complete -C (string join ' ' -- $command)
end
${complete} -f
${complete} ${first} -l help -d 'shows what there is'
${complete} ${first} -l version -d 'prints the version'
${complete} -n 'contains -- -- (commandline -opc)' -a '(${func}_behind)'
${commands.flatMap((command) => linesOf(complete, first, `-n '${func}_is ${command.name}'`, command)).join('\n')}
`;
}

function linesOf(complete: string, first: string, condition: string, command: CompletedCommand): string[] {
  const { name, summary, verbs = [], takesFiles } = command;
  const options = optionsOf(command).map((row) => {
    const value = { none: '', file: ' -r -F', directory: ` -x -a '(__fish_complete_directories)'`, other: ' -x' };
    const short = row.short === undefined ? '' : ` -s ${row.short}`;
    return `${complete} ${condition} -l ${row.name}${short}${value[valueKind(row)]} -d ${quote(row.help)}`;
  });
  const second = `${condition} -n 'test (count (commandline -opc)) -eq 2'`;
  return [
    `${complete} ${first} -a ${name} -d ${quote(summary)}`,
    ...options,
    ...verbs.map((verb) => `${complete} ${second} -a ${verb.name} -d ${quote(verb.help)}`),
    ...(takesFiles ? [`${complete} ${condition} -F`] : []),
  ];
}
