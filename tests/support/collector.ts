import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { freePorts } from "../../tools/ports.js";
import { collectorPath } from "./collector-binary.js";
import { Program } from "./program.js";

/** An OpenTelemetry Collector that hands on what it takes, as JSON and at once. */
export class Collector {
  private constructor(
    /** Of OTLP over HTTP. */
    readonly port: number,
    private readonly program: Program,
  ) {}

  /** @param to where a receiver of OTLP/JSON listens. The binary is to be built before. */
  static async start(to: number): Promise<Collector> {
    const [port] = (await freePorts(1)) as [number];
    const program = await Program.start({
      name: "collector",
      command(folder) {
        const config = join(folder, "collector.json");
        writeFileSync(config, JSON.stringify(configuration(port, to)));
        return { file: collectorPath(), args: ["--config", config] };
      },
      isReady: () => accepts(port),
      patienceMs: 20_000,
    });
    return new Collector(port, program);
  }

  stop(): Promise<void> {
    return this.program.stop();
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
