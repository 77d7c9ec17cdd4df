// graphile-worker, measured like the systems that are written in Python (../adapters/workloads.py): one task in the
// first line of standard input, one line of JSON as the result. Its packages are those of the working folder.
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const require = createRequire(join(process.cwd(), "package.json"));
const { Logger, makeWorkerUtils, run } = require("graphile-worker");

const JOBS_A_CALL = 1000;
const LOCAL_QUEUE = 1000;
const MOST_CONNECTIONS = 20;
const ONE_BY_ONE_RATE = 100;
const FEED_MS = 50;
const LOOK_MS = 5;
const LINGER_MS = 500;
const STOP_MS = 10_000;
const WARM_UP = -1;
const WARM_UPS = 10;

const now = () => (performance.timeOrigin + performance.now()) / 1000;
const say = (values) => process.stdout.write(`${JSON.stringify(values)}\n`);
const cpuMicroseconds = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const payload = (i, t = now()) => ({
  i,
  t,
  to: "someone@example.com",
  template: "welcome",
  subject: "Your weekly summary is ready",
  lang: "en-GB",
  n: 12345,
});
const range = (length, make) => Array.from({ length }, (_, index) => make(index));

let utils;
async function open(task) {
  utils = await makeWorkerUtils({ connectionString: task.url, maxPoolSize: MOST_CONNECTIONS });
}
const submit = (job) => utils.addJob("noop", job);
async function submitMany(jobs) {
  for (let start = 0; start < jobs.length; start += JOBS_A_CALL) {
    const part = jobs.slice(start, start + JOBS_A_CALL);
    await utils.addJobs(part.map((job) => ({ identifier: "noop", payload: job })));
  }
}

const workloads = {
  async install(task) {
    await open(task);
    await utils.migrate();
    return {};
  },

  async single(task) {
    await open(task);
    await Promise.all(range(task.callers, () => submit(payload(WARM_UP))));
    const began = now();
    const end = began + task.seconds;
    let jobs = 0;
    const call = async () => {
      while (now() < end) await submit(payload(jobs++));
    };
    await Promise.all(range(task.callers, call));
    return { jobs, seconds: now() - began };
  },

  async bulk(task) {
    await open(task);
    const jobs = range(task.jobs, (index) => payload(index));
    const first = Math.min(10, Math.floor(jobs.length / 2));
    await submitMany(jobs.slice(0, first));
    const began = now();
    await submitMany(jobs.slice(first));
    return { jobs: task.jobs - first, seconds: now() - began };
  },

  async feed(task) {
    await open(task);
    for (let k = 0; k < WARM_UPS; k++) {
      await submit(payload(WARM_UP));
      await sleep(FEED_MS);
    }
    const began = now();
    const end = began + task.seconds;
    let number = 0;
    if (task.rate <= ONE_BY_ONE_RATE) {
      for (let due = began; due < end; due = began + number / task.rate) {
        await sleep(Math.max(0, (due - now()) * 1000));
        await submit(payload(number++));
      }
    } else {
      for (let at = now(); at < end; at = now()) {
        const from = number;
        const more = Math.floor((at - began) * task.rate) - from;
        if (more > 0) {
          await submitMany(range(more, (index) => payload(from + index, at)));
          number += more;
        }
        await sleep(Math.max(0, FEED_MS - (now() - at) * 1000));
      }
    }
    const seconds = now() - began;
    await sleep(LINGER_MS);
    return { jobs: number, seconds };
  },

  async work(task) {
    const samples = [];
    const runner = await run({
      taskList: {
        noop: async (job) => {
          samples.push(job.i, job.t, now());
        },
      },
      noHandleSignals: true,
      preset: {
        worker: {
          connectionString: task.url,
          concurrentJobs: task.concurrency,
          maxPoolSize: Math.max(10, Math.min(task.concurrency + 2, 60)),
          logger: new Logger(() => () => {}),
          localQueue: { size: LOCAL_QUEUE },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
    });
    say({ ready: 1 });
    let stopped = false;
    const stop = nextLine().then(() => {
      stopped = true;
    });
    if (task.jobs) {
      while (!samples.length && !stopped) await sleep(LOOK_MS);
      const seen = samples.length / 3;
      const cpu = cpuMicroseconds();
      while (samples.length < 3 * task.jobs && !stopped) await sleep(LOOK_MS);
      const rest = samples.length / 3 - seen;
      say({ began: samples[2] ?? 0, worker_us: rest ? (cpuMicroseconds() - cpu) / rest : 0 });
    }
    await stop;
    await Promise.race([runner.stop(), sleep(STOP_MS)]);
    await writeFile(task.samples, Buffer.from(Float64Array.from(samples).buffer));
    return { samples: samples.length / 3 };
  },
};

const lines = createInterface({ input: process.stdin });
const waiting = [];
const arrived = [];
lines.on("line", (line) => (waiting.length ? waiting.shift()(line) : arrived.push(line)));
lines.on("close", () => {
  for (const tell of waiting) tell("");
});
const nextLine = () =>
  arrived.length ? Promise.resolve(arrived.shift()) : new Promise((tell) => waiting.push(tell));

const task = JSON.parse(await nextLine());
const result = await workloads[task.do](task);
if (!process.stdout.write(`${JSON.stringify(result)}\n`)) await once(process.stdout, "drain");
process.exit(0);
