// A Jobyard of the tests' own: what `./just up` starts, on a free port, with a data folder that is thrown away.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Process, processesOf } from "./processes.ts";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));
const LOGS = fileURLToPath(new URL("../test-results/", import.meta.url));
const READY_MS = 180_000;
const STOP_MS = 90_000;

export class Stack {
  readonly origin: string;
  readonly dataDir: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, origin: string, dataDir: string) {
    this.#process = process;
    this.origin = origin;
    this.dataDir = dataDir;
  }

  /** Starts one and waits until it answers. Throws with what it said when it does not. `settings` are JOBYARD_ variables. */
  static async start(settings: Record<string, string> = {}): Promise<Stack> {
    const dataDir = mkdtempSync(join(tmpdir(), "jobyard-e2e-"));
    chmodSync(dataDir, 0o711); // under root its PostgreSQL runs as another user, who must come through
    const port = await freePort();
    const child = spawn(join(REPOSITORY, ".venv/bin/python"), ["-m", "jobyard.up", "--follow-parent"], {
      cwd: REPOSITORY,
      // In a session of its own: a Ctrl-C is for the tests, which then stop it in order.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...withoutOurs(process.env),
        JOBYARD_HTTP_PORT: String(port),
        JOBYARD_DATA_DIR: dataDir,
        JOBYARD_OUTBOUND_ALLOW: "127.0.0.0/8",
        ...settings,
      },
    });
    const stack = new Stack(child, `http://localhost:${port}`, dataDir);
    try {
      await stack.#ready();
    } catch (error) {
      await stack.stop("start");
      throw error;
    }
    return stack;
  }

  /** The process that serves the API: the one below the supervisor. */
  get api(): Process {
    const found = processesOf(this.dataDir).find(
      ({ parent, command }) => parent === this.#process.pid && command.includes("jobyard serve"),
    );
    if (!found) throw new Error("The API's process was not found.");
    return found;
  }

  /** Stops it, keeps its logs under test-results/`name`, and throws when a process of it is left. */
  async stop(name: string): Promise<void> {
    try {
      await this.#end();
      const left = processesOf(this.dataDir);
      if (left.length > 0) {
        throw new Error(`Left running: ${left.map(({ pid, command }) => `${pid} ${command}`).join("\n")}`);
      }
    } finally {
      cpSync(join(this.dataDir, "logs"), join(LOGS, `stack-${name}`), { recursive: true, force: true });
      rmSync(this.dataDir, { recursive: true, force: true });
    }
  }

  async #ready(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const said: string[] = [];
    const fail = (why: string) => reject(new Error(`Jobyard ${why}:\n${said.join("\n")}`));
    const timer = setTimeout(() => fail(`was not ready after ${READY_MS / 1000} s`), READY_MS);
    this.#process.once("error", (error) => fail(`could not be started, ${error.message}`));
    this.#process.once("exit", (code) => fail(`ended with ${code}`));
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        if (line.startsWith("Jobyard is ready:")) resolve();
      });
    }
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  async #end(): Promise<void> {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`Jobyard had not stopped after ${STOP_MS / 1000} s, and was killed.`));
    }, STOP_MS);
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Settings of the caller's own Jobyard are not for this one. */
function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("JOBYARD_")));
}

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<number>();
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}
