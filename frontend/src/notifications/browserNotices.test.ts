import { beforeEach, describe, expect, it, vi } from "vitest";
import type { NoticeEvent } from "@/live/protocol";
import { tellBrowser, turnOff, turnOn } from "./browserNotices";

const notice = (id: string, event: NoticeEvent["event"] = "completed"): NoticeEvent => ({
  type: "notification",
  id,
  at: "2026-11-24T12:00:00Z",
  job_id: `job-${id}`,
  kind: "demo.echo",
  event,
  message: `demo.echo ${event}`,
  read: false,
});

interface Shown {
  title: string;
  body: string;
  click: () => void;
}
let shown: Shown[] = [];
let held: { name: string }[] = [];
const opened: string[] = [];
const open = (path: string) => opened.push(path);
const look = (at: "visible" | "hidden") =>
  Object.defineProperty(document, "visibilityState", { value: at, configurable: true });

/** The browser's side: leave, and what it shows. */
function browser(permission: NotificationPermission, can = true) {
  class Fake {
    static permission = permission;
    static requestPermission = async () => permission;
    onclick: (() => void) | null = null;
    constructor(title: string, { body }: { body: string }) {
      if (!can) throw new TypeError("Illegal constructor");
      shown.push({ title, body, click: () => this.onclick?.() });
    }
    close() {}
  }
  vi.stubGlobal("Notification", Fake);
}
const tell = async (...notices: NoticeEvent[]) => {
  tellBrowser("u1", notices, open);
  await new Promise((resolve) => setTimeout(resolve));
};

describe("notifications by the browser", () => {
  beforeEach(() => {
    localStorage.clear();
    shown = [];
    held = [];
    opened.length = 0;
    look("hidden");
    Object.defineProperty(navigator, "locks", {
      value: { query: async () => ({ held }) },
      configurable: true,
    });
    return () => look("visible");
  });

  it("come after they were asked for, and only to who asked", async () => {
    browser("granted");
    await tell(notice("a"));
    expect(shown).toEqual([]);
    expect(await turnOn("u1")).toBe(true);
    await tell(notice("b", "failed"));
    expect(shown.map(({ title }) => title)).toEqual(["Jobyard tells you here", "demo.echo failed"]);
    tellBrowser("u2", [notice("c")], open);
    turnOff("u1");
    await tell(notice("d"));
    expect(shown).toHaveLength(2);
  });

  it("lead to the job, or to the inbox where several came at once", async () => {
    browser("granted");
    await turnOn("u1");
    await tell(notice("a"));
    await tell(notice("b"), notice("c"), notice("d", "failed"));
    expect(shown.at(-1)).toMatchObject({ title: "3 jobs ended", body: "2 completed, 1 failed" });
    for (const one of shown.slice(1)) one.click();
    expect(opened).toEqual(["/jobs/job-a", "/notifications"]);
  });

  it("are not for who looks at the page, in this tab or another", async () => {
    browser("granted");
    await turnOn("u1");
    held = [{ name: "jobyard:seen" }];
    await tell(notice("a"));
    held = [];
    look("visible");
    await tell(notice("b"));
    expect(shown).toHaveLength(1);
  });

  it.each([
    ["that refuses", () => browser("denied")],
    ["that has the name and not the thing", () => browser("granted", false)],
    ["without them", () => vi.stubGlobal("Notification", undefined)],
  ])("stay off in a browser %s", async (_which, install) => {
    install();
    expect(await turnOn("u1")).toBe(false);
    await tell(notice("a"));
    expect(shown).toEqual([]);
  });
});
