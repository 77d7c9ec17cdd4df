// What runs on this machine, read from /proc: whose child it is, and whether it belongs to a stack of ours.
import { readdirSync, readFileSync } from "node:fs";

export interface Process {
  pid: number;
  parent: number;
  command: string;
}

/** The processes whose environment names this data folder. Empty where there is no /proc. */
export function processesOf(dataDir: string): Process[] {
  return pids().flatMap((pid) => {
    const environment = read(pid, "environ");
    // A process that has ended, but was not waited for, has no environment any more.
    if (!environment.split("\0").includes(`JOBYARD_DATA_DIR=${dataDir}`)) return [];
    return [{ pid, parent: parentOf(pid), command: read(pid, "cmdline").replaceAll("\0", " ").trim() }];
  });
}

function pids(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Empty for what has ended meanwhile, and for what is another user's. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

function parentOf(pid: number): number {
  // "pid (name) state ppid …": the name may hold anything, also a parenthesis.
  return Number(read(pid, "stat").split(") ").at(-1)?.split(" ")[1] ?? 0);
}
