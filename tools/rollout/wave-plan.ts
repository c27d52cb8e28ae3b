import type { PolicyDocument } from "../policy/model.js";
import { selectedLabels } from "../policy/selection.js";
import type { Wave } from "./waves.js";

/** Folders of the first and the last step. */
export const FIRST = "prepare";
export const LAST = "everybody";

/** The name of a step's folder: its number and what it is called. */
export function folderOf(step: number, name: string): string {
  return `${step}-${name}`;
}

/** What to do, in order, with the check between two steps. @param out the folder of the steps. @param file the policy's. */
export function planText(
  policies: readonly PolicyDocument[],
  waves: readonly Wave[],
  out: string,
  file: string,
): string {
  const folder = (step: number, name: string): string => `${out.replace(/\/+$/, "")}/${folderOf(step, name)}`;
  const last = waves.length + 1;
  const applied = waves.map(({ name }, i) => `-f ${folder(i + 1, name)}/`);
  const steps = [
    step(0, FIRST, "every proxy: the stable side, with a place for each plugin of both", [apply(folder(0, FIRST))]),
    ...waves.map((wave, i) =>
      step(i + 1, wave.name, `proxies with ${labelsOf(wave.labels)} take the new side`, [
        apply(folder(i + 1, wave.name)),
        ...checks(policies, wave.labels, file),
      ]),
    ),
    step(last, LAST, "every proxy takes the new side", [apply(folder(last, LAST)), ...checks(policies, {}, file)]),
    step(last + 1, "the end", "nothing changes in a proxy any more", [
      `kubectl delete ${applied.join(" ")}`,
      `tidegate rollout finish -f ${file}`,
    ]),
  ];
  const back = [`kubectl delete --ignore-not-found ${applied.join(" ")}`, apply(folder(0, FIRST))];
  return `${steps.join("\n")}\nback at any time\n${back.map((line) => `   ${line}\n`).join("")}`;
}

function step(number: number, name: string, what: string, commands: readonly string[]): string {
  return `${number}. ${name}: ${what}\n${commands.map((line) => `   ${line}\n`).join("")}`;
}

function apply(folder: string): string {
  return `kubectl apply -f ${folder}/`;
}

/** Asks the wave's proxies; the exit code says whether to go on. */
function checks(policies: readonly PolicyDocument[], labels: Record<string, string>, file: string): string[] {
  const asked = policies.flatMap((policy) => {
    const { namespace } = policy.metadata;
    const all = labelsOf({ ...selectedLabels(policy), ...labels });
    const where = namespace === undefined ? "" : ` -n ${namespace}`;
    const get = `kubectl get pods${where}${all === "" ? "" : ` -l ${all}`} -o name`;
    const ask = `kubectl exec${where} $pod -c istio-proxy -- pilot-agent request GET 'stats?filter=_rollout_'`;
    return [`for pod in $(${get}); do`, `  ${ask} > stats/\${pod#pod/}.txt`, "done"];
  });
  return [
    "rm -rf stats && mkdir stats",
    ...asked,
    `tidegate rollout status -f ${file} --expect new --settled --stats stats/*   # exit code 0: go on`,
  ];
}

function labelsOf(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
