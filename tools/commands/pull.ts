import { Command } from "commander";
import type { Outcome } from "../cli.js";
import type { Io } from "../io.js";
import type { PrintForm } from "../output/print-form.js";
import { somePath } from "./inputs.js";
import { outputOption } from "./option-values.js";
import {
  type SignerFlags,
  someSha256,
  type TransferFlags,
  withSignerOptions,
  withTransferOptions,
} from "./transfer.js";

/** The options of `tidegate pull`. */
export interface PullFlags extends TransferFlags, SignerFlags {
  out?: string;
  layout?: string;
  sha256?: string;
  verify?: boolean;
  output: PrintForm;
}

const EXAMPLES = `
Examples:
  tidegate pull registry.example.com/shop/canary:1.2.0
  tidegate pull registry.example.com/shop/canary@sha256:0f3c... --out canary.wasm --verify --key cosign.pub
  tidegate pull localhost:5000/canary:1.2.0 --layout canary.oci

Gets the module that Istio's agent would get, or with --layout all of the image. Each byte is checked against
the digests of the manifest, and the manifest against a digest in the reference. Nothing half is ever written.
Credentials are those of docker login, podman login or crane auth login. README: tools/oci.
`;

/** `tidegate pull` */
export function pullCommand(io: Io, outcome: Outcome): Command {
  const command = new Command("pull")
    .summary("get a module out of a registry of images")
    .description("Gets a module, or a whole image of one, out of a registry, and prints its hashes.")
    .argument("<reference>", "of the image: [oci://]registry/repository[:tag][@sha256:digest]")
    .option("--out <file>", "to write the module to (default: NAME.wasm, by the repository's name)", somePath)
    .option("--layout <folder>", "write all of the image instead, as an OCI image layout", somePath)
    .option("--sha256 <hash>", "that the module must have", someSha256)
    .option("--verify", "take only what is signed, by cosign")
    .option("--certificate-identity <identity>", "with cosign: who must have signed, where there is no key")
    .option("--certificate-oidc-issuer <url>", "with cosign: who must have said so");
  return withTransferOptions(withSignerOptions(command))
    .addOption(outputOption("form of what is printed", "text", "json", "yaml"))
    .addHelpText("after", EXAMPLES)
    .action(async (reference: string, flags: PullFlags) => {
      const { pull } = await import("./pull-image.js");
      outcome.exitCode = await pull(reference, flags, io);
    });
}
