import { Command, Option } from "commander";
import type { Outcome } from "../cli.js";
import type { Io } from "../io.js";
import type { PrintForm } from "../output/print-form.js";
import { IMAGE_FORMS, type ImageForm } from "../package/forms.js";
import { outputOption } from "./option-values.js";
import { type SignerFlags, type TransferFlags, withSignerOptions, withTransferOptions } from "./transfer.js";

/** Of what `tidegate package` makes: those that a registry can have. */

/** The options of `tidegate push`. */
export interface PushFlags extends TransferFlags, SignerFlags {
  form?: ImageForm;
  version?: string;
  dryRun?: boolean;
  sign?: boolean;
  output: PrintForm;
}

const EXAMPLES = `
Examples:
  tidegate push registry.example.com/shop/canary
  tidegate push canary registry.example.com/shop/canary:1.2.0 --sign --key cosign.key
  tidegate push build/packages/canary-1.2.0.oci localhost:5000/canary:1.2.0
  tidegate push --dry-run canary registry.example.com/shop/canary

What is pushed is a plugin, which is built and packaged first as by tidegate package, or an image that
tidegate package, docker save or another tool wrote: a folder or an archive. Without a source the plugin
is the one that the image is called. Its tag is its version unless there is another one. What the registry
has is not sent again, so a push that failed can be done again. Credentials are those of docker login,
podman login or crane auth login. README: tools/oci.
`;

/** `tidegate push` */
export function pushCommand(io: Io, outcome: Outcome): Command {
  const command = new Command("push")
    .summary("send a plugin's image to a registry")
    .description(
      "Sends a plugin's image to a registry of images, and prints its digest and what to write for each target.",
    )
    .argument(
      "<source|reference>",
      "plugin, or folder or archive of an image (default: the plugin that the image is called)",
    )
    .usage("[options] [source] <reference>")
    .argument("[reference]", "of the image: [oci://]registry/repository[:tag]")
    .addOption(new Option("--form <form>", "of a plugin's image (default: oci)").choices(IMAGE_FORMS))
    .option("--version <version>", "of a plugin's package (default: package.json's)")
    .option("--dry-run", "print the same, and ask no registry")
    .option("--sign", "sign the image afterwards, by cosign");
  return withTransferOptions(withSignerOptions(command))
    .addOption(outputOption("form of what is printed", "text", "json", "yaml"))
    .addHelpText("after", EXAMPLES)
    .action(async (first: string, second: string | undefined, flags: PushFlags) => {
      const { push } = await import("./push-image.js");
      outcome.exitCode = await push(second === undefined ? undefined : first, second ?? first, flags, io);
    });
}
