import { UsageError, type Command } from './command.ts';
import { bashCompletion } from './completion/bash-completion.ts';
import type { CompletedCommand } from './completion/completed-command.ts';
import { fishCompletion } from './completion/fish-completion.ts';
import { zshCompletion } from './completion/zsh-completion.ts';

const shells: Readonly<Record<string, (program: string, commands: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** @param loadAll loads every command: their rows are what is completed */
export function createCompletionCommand(program: string, loadAll: () => Promise<CompletedCommand[]>): Command {
  return {
    name: 'completion',
    summary: 'Prints a script by which the shell completes commands, options and files.',
    usage: Object.keys(shells).map((shell) => `completion ${shell}`),
    options: [],
    verbs: [
      { name: 'bash', help: 'for ~/.bash_completion, or: eval "$(otel-preload completion bash)"' },
      {
        name: 'zsh',
        help: 'for a file _otel-preload in $fpath, or behind compinit: source <(otel-preload completion zsh)',
      },
      { name: 'fish', help: 'for ~/.config/fish/completions/otel-preload.fish' },
    ],
    takesFiles: true,
    takesCommand: false,
    run: async ({ files: [shell, ...more] }) => {
      const known = shell !== undefined && Object.hasOwn(shells, shell) ? shells[shell] : undefined;
      if (known === undefined || more.length > 0) {
        throw new UsageError(`completion for ${Object.keys(shells).join(', ')}: one of them`);
      }
      process.stdout.write(known(program, await loadAll()));
      return 0;
    },
  };
}
