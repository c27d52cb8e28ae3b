/**
 * Ends this process with one line and exit code 3 when nobody reads its standard output or a disk is full, and as
 * quietly as it must when standard error cannot be written. What runs is ended by its own "exit" handlers.
 */
export function endWhenUnwritable(say: (line: string) => void): void {
  process.stderr.on("error", () => process.exit(3));
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    say(`standard output cannot be written: ${error.code ?? error.message}`);
    process.exit(3);
  });
}
