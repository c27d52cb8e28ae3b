import { dirname, join } from "node:path";
import { findProject } from "../project.js";
import { repoRoot } from "../root.js";

/**
 * Where a plugin goes: into this checkout, where all is there; into a project that has plugins of its own; or into a folder
 * of its name that becomes such a project.
 */
export type PlaceKind = "checkout" | "project" | "alone";

export interface Place {
  kind: PlaceKind;
  /** Folder that paths of files start from; absolute. */
  root: string;
}

/** @param cwd the working directory. @param alone make a project in any case. */
export function placeOf(name: string, cwd: string, alone: boolean): Place {
  const project = alone ? undefined : findProject(cwd);
  if (project === undefined) return { kind: "alone", root: join(cwd, name) };
  return { kind: project === repoRoot ? "checkout" : "project", root: project };
}

/** The folder that must be there already. */
export function parentOf({ kind, root }: Place): string {
  return kind === "alone" ? dirname(root) : root;
}
