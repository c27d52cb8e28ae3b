import { Command } from "commander";
import type { Outcome } from "../cli.js";
import { UserError } from "../errors.js";
import type { Io } from "../io.js";
import { suggestion } from "../policy/suggest.js";
import { abortCommand, finishCommand, setCommand } from "./rollout-edit.js";
import { startCommand } from "./rollout-start.js";
import { statusCommand } from "./rollout-status.js";
import { wavesCommand } from "./rollout-waves.js";

const EXAMPLES = `
Examples:
  tidegate rollout start --stable old.yaml -f policy.yaml --percent 10 --out policy.yaml
  tidegate rollout set -f policy.yaml --percent 50 --out policy.yaml
  tidegate rollout status -f policy.yaml --admin 127.0.0.1:15000
  tidegate rollout finish -f policy.yaml --out policy.yaml

A share of the proxies takes a change of plugins, the others keep what they had. Each proxy decides
by a hash of its node id and a salt, so that raising the share only adds proxies, and 0 takes the
change back from all. Apply the policy after each step: tidegate generate ... | kubectl apply -f -
`;

/** `tidegate rollout` */
export function rolloutCommand(io: Io, outcome: Outcome): Command {
  return new Command("rollout")
    .summary("let a share of the proxies take a change, or wave by wave")
    .description("Lets a share of the proxies take a change of plugins while the others keep what they had.")
    .addCommand(startCommand(io, outcome))
    .addCommand(setCommand(io, outcome))
    .addCommand(finishCommand(io, outcome))
    .addCommand(abortCommand(io, outcome))
    .addCommand(wavesCommand(io, outcome))
    .addCommand(statusCommand(io, outcome))
    .addHelpText("after", EXAMPLES)
    .action((_options: unknown, command: Command) => {
      const names = command.commands.map((inner) => inner.name());
      const [name] = command.args;
      if (name === undefined) throw new UserError(`say what to do: ${names.join(", ")}`);
      throw new UserError(`rollout has no part "${name}". ${suggestion(name, names)}`);
    });
}
