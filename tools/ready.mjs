// What every npm script runs: makes the checkout ready for a task, then does the task. `node tools/ready.mjs` lists them.
// Node's own modules only, here and in tools/ready/: nothing may be installed yet. This file parses on old Nodes too.
const OLDEST_NODE = 20;

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  process.stderr.write(
    `tidegate needs Node ${OLDEST_NODE} or newer, and this is ${process.version}. Get one from nodejs.org.\n`,
  );
  process.exit(2);
} else {
  import("./ready/main.mjs").then(({ main }) => main(process.argv.slice(2)));
}
