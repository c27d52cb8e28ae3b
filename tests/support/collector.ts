import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "../../tools/ports.js";
import { collectorPath } from "./collector-binary.js";

const READY_TIMEOUT_MS = 20_000;

/** An OpenTelemetry Collector that hands on what it takes, as JSON and at once. */
export class Collector {
  private constructor(
    /** Of OTLP over HTTP. */
    readonly port: number,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /** @param to where a receiver of OTLP/JSON listens. The binary is to be built before. */
  static async start(to: number): Promise<Collector> {
    const [port] = (await freePorts(1)) as [number];
    const folder = await mkdtemp(join(tmpdir(), "tidegate-collector-"));
    const config = join(folder, "collector.json");
    writeFileSync(config, JSON.stringify(configuration(port, to)));
    const child = spawn(collectorPath(), ["--config", config], { stdio: ["ignore", "ignore", "pipe"] });
    const collector = new Collector(port, child, folder);
    process.once("exit", () => child.kill("SIGKILL"));
    let output = "";
    child.stderr.on("data", (chunk: Buffer) => void (output = (output + chunk.toString()).slice(-4096)));
    for (const end = Date.now() + READY_TIMEOUT_MS; !(await accepts(port)); await sleep(50)) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`the Collector does not start: ${output}`);
    }
    return collector;
  }

  async stop(): Promise<void> {
    const exited = this.child.exitCode === null ? once(this.child, "exit") : undefined;
    this.child.kill("SIGTERM");
    await exited;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** JSON is YAML. */
function configuration(port: number, to: number): object {
  return {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: {
      otlp_http: {
        endpoint: `http://127.0.0.1:${to}`,
        encoding: "json",
        compression: "none",
        sending_queue: { enabled: false },
        retry_on_failure: { enabled: false },
      },
    },
    service: {
      pipelines: { traces: { receivers: ["otlp"], exporters: ["otlp_http"] } },
      telemetry: { metrics: { level: "none" }, logs: { level: "warn" } },
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
