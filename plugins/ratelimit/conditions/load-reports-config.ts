import { ConfigNode } from "../../../assembly/core/config-reader";

const FORMATS: string[] = ["TEXT", "JSON"];

/** What to do with load reports, as configured. They are read when an expression uses them, with or without this. */
@final
export class LoadReportsConfig {
  /** Clients do not get them. */
  strip: bool = false;
  /** Upstreams are asked for reports in this format; "" for not at all. */
  requestFormat: string = "";
}

/** Reads the key `load_reports` of the configuration. Only at configure: allocates. */
export function readLoadReports(root: ConfigNode): LoadReportsConfig {
  const config = new LoadReportsConfig();
  const node = root.object("load_reports");
  if (node == null) return config;
  node.refuseUnknown(["strip", "request_format"]);
  config.strip = node.bool("strip", false);
  config.requestFormat = node.oneOf("request_format", FORMATS, "");
  return config;
}
