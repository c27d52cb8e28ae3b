/** All that a command may know of the process around it; tests supply their own. */
export interface Io {
  /** Writes an artefact to standard output. */
  out(text: string): void;
  /** Writes a diagnostic to standard error. */
  err(text: string): void;
  /** Reads standard input to its end. */
  readStdin(): Promise<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths on the command line start from. */
  readonly cwd: string;
  readonly stderrIsTerminal: boolean;
}
