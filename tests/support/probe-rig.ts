import {
  type HeaderList,
  type Plugin,
  PluginModule,
  type PluginOptions,
  Proxy,
  type Stream,
  type StreamOptions,
  type Vm,
  type VmOptions,
} from "../../tools/host/index.js";
import { compileProbe } from "./parity/probe-module.js";
import { describeLine, encodeScript, type Script } from "./parity/script.js";

let compiled: Promise<PluginModule> | undefined;

/** The probe (tests/fixtures/probe), compiled once a process. */
function probeModule(): Promise<PluginModule> {
  return (compiled ??= compileProbe().then((bytes) => PluginModule.compile(bytes)));
}

export interface ProbeOptions {
  proxy?: Proxy;
  vm?: VmOptions;
  plugin?: Omit<PluginOptions, "configuration">;
  /** What the root context does in its phases. */
  root?: Script;
}

/** A probe in the Node host and what it says. */
export class ProbeRig {
  #script: Script = {};

  private constructor(
    readonly proxy: Proxy,
    readonly vm: Vm,
    readonly plugin: Plugin,
    private readonly root: Script,
  ) {}

  static async start({ proxy = new Proxy(), vm, plugin, root = {} }: ProbeOptions = {}): Promise<ProbeRig> {
    const started = await proxy.createVm(await probeModule(), vm);
    const configuration = encodeScript(root);
    return new ProbeRig(proxy, started, started.startPlugin({ ...plugin, configuration }), root);
  }

  /** Opens a stream that carries a script; its first callback is the caller's to run. */
  open(script: Script, options?: StreamOptions): { stream: Stream; headers: HeaderList } {
    this.#script = script;
    const hex = Buffer.from(encodeScript(script)).toString("hex");
    const headers: HeaderList = [
      [":method", "GET"],
      [":path", "/"],
      [":authority", "probe.test"],
      ["x-probe-script", hex],
    ];
    return { stream: this.plugin.openStream(options), headers };
  }

  /** Opens a stream and runs its request headers. */
  send(script: Script, endOfStream = true): Stream {
    const { stream, headers } = this.open(script);
    stream.requestHeaders(headers, endOfStream);
    return stream;
  }

  /** What the probe has said since it was asked last, such as "requestHeaders: get(…) -> 0 "/"". */
  said(): string[] {
    const lines = this.proxy.logs.splice(0).filter(({ message }) => message.startsWith("probe "));
    return lines.map(({ message }) => describeLine(message, { root: this.root, stream: this.#script }));
  }

  /** The same without the lines that say which callback begins, and only what came back. */
  answers(): string[] {
    return this.said()
      .filter((line) => !line.startsWith("-- "))
      .map((line) => line.slice(line.indexOf(" -> ") + 4));
  }
}
