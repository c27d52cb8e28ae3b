import { type LogLine, type Plugin, type PluginModule, Proxy, type Vm } from "../host/index.js";

/** A configuration may leave something in its VM's memory, so that no VM sees more than so many, or grows beyond this. */
const CONFIGURATIONS_A_VM = 64;
const MAX_VM_BYTES = 8 * 1024 * 1024;

/** What a plugin made of a configuration that it did not accept. */
export interface Refusal {
  started: Plugin;
  logs: readonly LogLine[];
}

/**
 * Asks a module about many configurations. A VM that accepts is asked again, as Envoy has one VM for several plugins; what
 * it then refuses counts only when a VM that has seen nothing before refuses it, too.
 */
export class ModuleTrial {
  readonly #accepted = new Set<string>();
  #used: Vm | undefined;
  #asked = 0;

  /** @param name of the plugin. */
  constructor(
    private readonly name: string,
    private readonly module: PluginModule,
  ) {}

  /**
   * @param rootId by which the plugin is started.
   * @returns undefined when the plugin accepts it. Fails with Envoy's message when Envoy would not load the module.
   */
  async ask(configuration: string, rootId = this.name): Promise<Refusal | undefined> {
    const asked = `${rootId}\0${configuration}`;
    if (this.#accepted.has(asked)) return undefined;
    const isAccepted = (this.#used && this.#start(this.#used, configuration, rootId).ok) || undefined;
    const refusal = isAccepted ? undefined : await this.#askNew(configuration, rootId);
    if (!refusal) this.#accepted.add(asked);
    if (this.#asked >= CONFIGURATIONS_A_VM || (this.#used?.memoryBytes ?? 0) > MAX_VM_BYTES) this.#used = undefined;
    return refusal;
  }

  async #askNew(configuration: string, rootId: string): Promise<Refusal | undefined> {
    const proxy = new Proxy();
    const vm = await proxy.createVm(this.module, { vmId: this.name });
    this.#asked = 0;
    const started = this.#start(vm, configuration, rootId);
    this.#used = started.ok ? vm : undefined;
    return started.ok ? undefined : { started, logs: proxy.logs };
  }

  #start(vm: Vm, configuration: string, rootId: string): Plugin {
    this.#asked++;
    const started = vm.startPlugin({ name: this.name, rootId, configuration });
    if (started.ok) started.done(); // a module that hears of it has room for the next one
    return started;
  }
}
