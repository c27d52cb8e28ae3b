/** A command as completion sees it. */
export interface CommandWords {
  name: string;
  about: string;
  options: OptionWords[];
  /** Commands of its own, one level of them. */
  parts: CommandWords[];
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
  const all = withParts(commands);
  const values = all.flatMap(({ name, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(({ flags, choices }) => {
        const patterns = flags.map((flag) => `"${name}":${flag}`).join("|");
        return `    ${patterns}) COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$word")); return ;;`;
      }),
  );
  const options = all.map(
    ({ name, options: own }) => `    "${name}") words="${own.flatMap(({ flags }) => flags).join(" ")}" ;;`,
  );
  const parts = commands.flatMap(({ name, parts: own }) => own.map((part) => `"${name} ${part.name}"`));
  const offered = commands
    .filter(({ parts: own }) => own.length > 0)
    .map(({ name, parts: own }) => `    "2:${name}") parts="${own.map((part) => part.name).join(" ")}" ;;`);
  return `_tidegate() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words="" parts=""
  local command="\${COMP_WORDS[1]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")}" -- "$word")); return
  fi
  case "$COMP_CWORD:$command" in
${offered.join("\n")}
  esac
  case "$command \${COMP_WORDS[2]}" in
    ${parts.join("|")}) if [ "$COMP_CWORD" -gt 2 ]; then command="$command \${COMP_WORDS[2]}"; fi ;;
  esac
  case "$command:$before" in
${values.join("\n")}
  esac
  case "$command" in
${options.join("\n")}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    *) if [ -n "$parts" ]; then COMPREPLY=($(compgen -W "$parts" -- "$word")); fi ;;
  esac
}
complete -o default -F _tidegate tidegate
`;
}

/** Commands and their parts, each by all its words. */
function withParts(commands: CommandWords[]): CommandWords[] {
  return commands.flatMap((command) => [
    command,
    ...command.parts.map((part) => ({ ...part, name: `${command.name} ${part.name}` })),
  ]);
}

/** For zsh, as a file _tidegate on fpath. */
export function zshScript(commands: CommandWords[]): string {
  const names = commands.map(({ name, about }) => `    '${name}:${plain(about)}'`);
  const parts = commands.flatMap(({ name, parts: own }) => own.map((part) => `"${name} ${part.name}"`));
  const cases = withParts(commands).map(({ name, options, parts: own }) => {
    const specs = options.flatMap((option) =>
      option.flags.map((flag) => `'*${flag}[${plain(option.about)}]${zshValue(option)}'`),
    );
    const rest = own.length > 0 ? `'1:part:(${own.map((part) => part.name).join(" ")})'` : "'*:file:_files'";
    return `    "${name}") _arguments ${[...specs, rest].join(" ")} ;;`;
  });
  return `#compdef tidegate
_tidegate() {
  local -a commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local command=$words[2]
  shift words; (( CURRENT-- ))
  case "$command $words[2]" in
    ${parts.join("|")}) if (( CURRENT > 2 )); then command="$command $words[2]"; shift words; (( CURRENT-- )); fi ;;
  esac
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
  const lines = commands.flatMap((command) => [
    `complete -c tidegate -n __fish_use_subcommand -f -a ${command.name} -d '${plain(command.about)}'`,
    ...fishOptions(command, `__fish_seen_subcommand_from ${command.name}${without(command.parts)}`),
    ...command.parts.flatMap((part) => [
      `complete -c tidegate -n '__fish_seen_subcommand_from ${command.name}${without(command.parts)}' -f -a ${part.name} ` +
        `-d '${plain(part.about)}'`,
      ...fishOptions(part, `__fish_seen_subcommand_from ${part.name}`),
    ]),
  ]);
  return `${lines.join("\n")}\n`;
}

function without(parts: CommandWords[]): string {
  return parts.length === 0 ? "" : `; and not __fish_seen_subcommand_from ${parts.map(({ name }) => name).join(" ")}`;
}

function fishOptions({ options }: CommandWords, condition: string): string[] {
  return options.map(
    ({ flags, about: purpose, takesValue, choices }) =>
      `complete -c tidegate -n '${condition}' ${flags.map(fishFlag).join(" ")}` +
      `${choices.length > 0 ? ` -x -a '${choices.join(" ")}'` : takesValue ? " -r" : ""} -d '${plain(purpose)}'`,
  );
}

function fishFlag(flag: string): string {
  return flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
}

/** Descriptions stand in single quotes and, for zsh, in brackets. */
function plain(text: string): string {
  return text.replace(/'/g, "").replace(/[[\]:]/g, ",");
}
