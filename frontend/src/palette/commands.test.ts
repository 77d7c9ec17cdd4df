import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { jobKeys } from "@/api/jobs";
import { accept } from "@/api/session";
import { sampleJob } from "@/testJob";
import { findCommands, type Tools } from "./commands";

describe("the palette's commands", () => {
  let tools: Tools;
  const navigate = vi.fn();
  const labels = (typed: string) => findCommands(typed, tools).map((command) => command.label);
  const show = (...jobs: ReturnType<typeof sampleJob>[]) =>
    tools.queryClient.setQueryData(jobKeys.list({}, 50), {
      pages: [{ items: jobs, next_cursor: null }],
      pageParams: [null],
    });

  beforeEach(() => {
    navigate.mockReset();
    tools = {
      // The router's own type is a generic function, which no mock has.
      navigate: navigate as unknown as Tools["navigate"],
      queryClient: new QueryClient(),
      shownJob: null,
      act: vi.fn(),
      onHelp: vi.fn(),
      onSignOut: vi.fn(),
    };
  });

  it("finds by every word that was typed, in any order and case", () => {
    expect(labels("JOBS fail")).toEqual(["Jobs that are failed"]);
    expect(labels("theme")).toEqual(["Switch between light and dark"]);
    expect(labels("no such thing")).toEqual([]);
  });

  it("finds jobs at hand by kind, state, tag and the end of the id, a few at a time", () => {
    const job = sampleJob({ kind: "report.render", tags: ["month-end"] });
    show(job, ...Array.from({ length: 20 }, () => sampleJob({ kind: "demo.echo", state: "completed" })));
    for (const typed of ["report", "month-end", "pending report", job.id.slice(-6)]) {
      expect(labels(typed)).toContain("report.render");
    }
    expect(labels("demo.echo")).toHaveLength(6);
  });

  it("opens a job by its whole id, also one that the page has never seen", () => {
    const id = "01a20ddf-c4e1-7000-8000-0000f0a41f7c";
    const [open] = findCommands(` ${id.toUpperCase()} `, tools);
    expect(open?.label).toBe("Open job …a41f7c");
    open?.run();
    expect(navigate).toHaveBeenCalledWith({ to: "/jobs/$id", params: { id } });
    show(sampleJob({ id, kind: "report.render" }));
    expect(labels(id)).toEqual(["report.render"]);
  });

  it("offers for the job whose page is open what its state allows, first of all", () => {
    const of = (part: Parameters<typeof sampleJob>[0]) => {
      const job = sampleJob(part);
      show(job);
      tools = { ...tools, shownJob: job.id };
      return findCommands("", tools).filter(({ group }) => group === "This job");
    };
    const names = (part: Parameters<typeof sampleJob>[0]) => of(part).map(({ label }) => label);
    expect(names({ state: "failed" })).toEqual(["Retry this job", "Copy its id"]);
    expect(names({ state: "retrying" })).toEqual(["Retry this job", "Cancel this job", "Copy its id"]);
    expect(names({ state: "scheduled" })).toEqual(["Run this job now", "Cancel this job", "Copy its id"]);
    expect(names({ state: "running", cancel_requested: true })).toEqual(["Copy its id"]);
    expect(names({ state: "completed" })).toEqual(["Copy its id"]);
    const [cancel] = of({ state: "pending" });
    cancel?.run();
    expect(tools.act).toHaveBeenCalledWith("cancel", tools.shownJob);
    expect(findCommands("", { ...tools, shownJob: null })[0]?.label).toBe("Overview");
  });

  it("offers each kind that the server has", () => {
    tools.queryClient.setQueryData(["kinds"], {
      items: [{ kind: "http.request", description: "Calls a URL" }],
      next_cursor: null,
    });
    const [command] = findCommands("calls url", tools);
    command?.run();
    expect(navigate).toHaveBeenCalledWith({ to: "/jobs/new", search: { kind: "http.request" } });
  });

  it("leads administrators alone to users and the audit log; the own activity is for everybody", () => {
    const token = { access_token: "t", token_type: "Bearer", expires_in: 900 } as const;
    const me = { id: "u", email: "mara@example.org", name: "", email_verified: true, created_at: "" };
    accept({ ...token, user: { ...me, role: "user" } });
    expect(labels("audit")).toEqual(["Account activity"]);
    accept({ ...token, user: { ...me, role: "admin" } });
    expect(labels("audit")).toEqual(["Audit log", "Account activity"]);
    expect(labels("everybody")).toEqual(["Overview of everybody's jobs"]);
    expect(labels("users disable")).toEqual(["Users"]);
  });
});
