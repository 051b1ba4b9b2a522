#!/usr/bin/env node
// Starts the program that the package for this system holds, with the same arguments, streams and signals.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const holder = `portkey-mcp-${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "portkey-mcp.exe" : "portkey-mcp";

let program;
try {
  program = require.resolve(`${holder}/bin/${file}`);
} catch {
  console.error(
    `portkey-mcp: the package ${holder} is not installed. Install portkey-mcp with its optional dependencies; ` +
      "if there is no such package, build the program from its source.",
  );
  process.exit(1);
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => child.kill(signal));
}
child.on("error", (error) => {
  console.error(`portkey-mcp: cannot start ${program}: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  process.exit(signal ? 128 + constants.signals[signal] : code);
});
