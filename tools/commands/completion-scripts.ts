/** A command as completion sees it. */
export interface CommandWords {
  name: string;
  about: string;
  options: OptionWords[];
}

export interface OptionWords {
  flags: string[];
  about: string;
  takesValue: boolean;
  /** The values that it takes; none: any, files foremost. */
  choices: readonly string[];
}

/** For bash: commands first, then options and their values; files elsewhere. */
export function bashScript(commands: CommandWords[]): string {
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(({ flags, choices }) => {
        const patterns = flags.map((flag) => `${name}:${flag}`).join("|");
        return `    ${patterns}) COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$word")); return ;;`;
      }),
  );
  const options = commands.map(
    ({ name, options: own }) => `    ${name}) words="${own.flatMap(({ flags }) => flags).join(" ")}" ;;`,
  );
  return `_tidegate() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")}" -- "$word")); return
  fi
  case "\${COMP_WORDS[1]}:$before" in
${values.join("\n")}
  esac
  case "\${COMP_WORDS[1]}" in
${options.join("\n")}
  esac
  case "$word" in -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;; esac
}
complete -o default -F _tidegate tidegate
`;
}

/** For zsh, as a file _tidegate on fpath. */
export function zshScript(commands: CommandWords[]): string {
  const names = commands.map(({ name, about }) => `    '${name}:${plain(about)}'`);
  const cases = commands.map(({ name, options }) => {
    const specs = options.flatMap((option) =>
      option.flags.map((flag) => `'*${flag}[${plain(option.about)}]${zshValue(option)}'`),
    );
    return `    ${name}) _arguments ${[...specs, "'*:file:_files'"].join(" ")} ;;`;
  });
  return `#compdef tidegate
_tidegate() {
  local -a commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local command=$words[2]
  shift words; (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
compdef _tidegate tidegate
`;
}

function zshValue({ takesValue, choices }: OptionWords): string {
  if (!takesValue) return "";
  return choices.length > 0 ? `:value:(${choices.join(" ")})` : ":value:_files";
}

/** For fish. */
export function fishScript(commands: CommandWords[]): string {
  const lines = commands.flatMap(({ name, about, options }) => [
    `complete -c tidegate -n __fish_use_subcommand -f -a ${name} -d '${plain(about)}'`,
    ...options.map(
      ({ flags, about: purpose, takesValue, choices }) =>
        `complete -c tidegate -n '__fish_seen_subcommand_from ${name}' ${flags.map(fishFlag).join(" ")}` +
        `${choices.length > 0 ? ` -x -a '${choices.join(" ")}'` : takesValue ? " -r" : ""} -d '${plain(purpose)}'`,
    ),
  ]);
  return `${lines.join("\n")}\n`;
}

function fishFlag(flag: string): string {
  return flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
}

/** Descriptions stand in single quotes and, for zsh, in brackets. */
function plain(text: string): string {
  return text.replace(/'/g, "").replace(/[[\]:]/g, ",");
}
