import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { accept } from "@/api/session";
import type { Stats } from "@/api/stats";
import type { ErrorGroup, JobCounts, User } from "@/api/types";
import { showScreen } from "@/jobs/showScreen";
import { Overview } from "./Overview";
import { overviewSearch } from "./search";
import { sampleBucket, sampleStats } from "./statsFixtures";

const NONE: JobCounts = {
  scheduled: 0,
  pending: 0,
  running: 0,
  retrying: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  capped: false,
};
const GROUP: ErrorGroup = {
  fingerprint: "0123456789abcdef",
  kind: "webhook.deliver",
  type: "ConnectTimeout",
  message: "hooks.example.org did not answer in 30 s.",
  count: 38,
  first_seen: "2026-11-24T13:52:00Z",
  last_seen: "2026-11-24T14:05:00Z",
  sample_job_id: "01a20ddc-c067-7b34-be99-2334e55be19a",
};
const HOUR = sampleStats(
  Array.from({ length: 60 }, (_, at) => sampleBucket({ at, completed: at, failed: at === 59 ? 2 : 0 })),
  { completed: 1_770, failed: 2, wait_seconds: { p50: 78, p95: 252 } },
);

let counts: JobCounts;
let groups: ErrorGroup[] = [];
let numbers: Stats;
let asked: unknown[] = [];
const page = (items: unknown[]) => HttpResponse.json({ items, next_cursor: null });
const server = setupServer(
  http.get("*/jobs/counts", ({ request }) => {
    const kind = new URL(request.url).searchParams.get("kind");
    return HttpResponse.json(kind ? { ...NONE, pending: 12 } : counts);
  }),
  http.get("*/jobs/errors", () => page(groups)),
  http.get("*/jobs", () => page([])),
  http.get("*/stats", ({ request }) => {
    asked.push(new URL(request.url).search);
    return HttpResponse.json(numbers);
  }),
  http.get("*/kinds", () =>
    page([
      { kind: "invoice.render", description: "", workers: 0 },
      { kind: "demo.echo", description: "", workers: 3 },
    ]),
  ),
  http.get("*/queues", () => page([{ name: "default", pending: 44, oldest_seconds: 12 }])),
  http.get("*/workers", () => page([])),
  http.post("*/jobs/retry", async ({ request }) => {
    asked.push(await request.json());
    return HttpResponse.json({ changed: 38, skipped: 0 });
  }),
);
beforeAll(() => server.listen());
beforeEach(() => {
  counts = { ...NONE, completed: 100 };
  groups = [];
  numbers = HOUR;
  asked = [];
  signIn("user");
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(700);
});
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

function signIn(role: User["role"]): void {
  const user: User = {
    id: "01a20ddc-c067-7b34-be99-2334e55b0000",
    email: "mara@example.org",
    name: "Mara",
    role,
    email_verified: true,
    created_at: "2026-11-01T12:00:00Z",
  };
  accept({ user, access_token: "t", token_type: "Bearer", expires_in: 900 });
}

const show = (url = "/") =>
  showScreen(url, { "/": (search) => <Overview search={overviewSearch(search)} /> });

describe("the overview", () => {
  it("names what fails the same way, since when, and retries all of it by its fingerprint", async () => {
    counts = { ...counts, failed: 40 };
    groups = [GROUP];
    const { person } = await show();
    expect(await screen.findByText(/38 .*jobs failed the same way/)).toBeVisible();
    expect(screen.getByText("2 more failed jobs")).toBeVisible();
    await person.click(screen.getByRole("button", { name: "Retry 38" }));
    await waitFor(() =>
      expect(asked).toContainEqual({ filter: { state: ["failed"], fingerprint: ["0123456789abcdef"] } }),
    );
  });

  it("offers nothing for failures without an error that the server would refuse", async () => {
    counts = { ...counts, failed: 7 };
    groups = ["demo.echo", "demo.sleep"].map((kind) => ({
      ...GROUP,
      fingerprint: "",
      kind,
      type: "",
      message: "",
      count: 3,
    }));
    const errors = vi.spyOn(console, "error");
    await show();
    const row = (await screen.findByText("demo.sleep", { selector: "li bdi" })).closest("li") as HTMLElement;
    expect(within(row).queryByRole("button", { name: /Retry/ })).toBeNull();
    expect(within(row).getByRole("link", { name: "Open" })).toHaveAttribute(
      "href",
      "/app/jobs?state=failed&kind=demo.sleep",
    );
    // React says so of two rows with the same key.
    expect(errors).not.toHaveBeenCalled();
  });

  it("hears of a worker that comes: the kinds are read again", async () => {
    counts = { ...counts, pending: 12 };
    const { queryClient } = await show();
    await screen.findByText(/jobs wait: no worker runs that kind/);
    server.use(http.get("*/kinds", () => page([{ kind: "invoice.render", description: "", workers: 1 }])));
    const [every] = queryClient
      .getQueryCache()
      .find({ queryKey: ["kinds"] })
      ?.observers.flatMap(({ options }) => (options.refetchInterval ? [options.refetchInterval] : [])) ?? [0];
    expect(every).toBe(30_000);
    await queryClient.refetchQueries({ queryKey: ["kinds"] });
    await waitFor(() => expect(screen.queryByText(/jobs wait: no worker runs that kind/)).toBeNull());
  });

  it("does not say how many a retry is of where the server has not read all", async () => {
    counts = { ...counts, failed: 5_000 };
    groups = [GROUP];
    await show();
    expect(await screen.findByRole("button", { name: "Retry all of these" })).toBeVisible();
  });

  it("names jobs that wait for a worker that is not there", async () => {
    counts = { ...counts, pending: 12 };
    await show();
    expect(await screen.findByText(/jobs wait: no worker runs that kind/)).toHaveTextContent(
      "12 invoice.render jobs wait",
    );
  });

  it("says that failures could not be read, and not that there are none", async () => {
    counts = { ...counts, failed: 3 };
    server.use(http.get("*/jobs/errors", () => HttpResponse.json({ title: "No" }, { status: 400 })));
    await show();
    expect(await screen.findByText("3 jobs have failed.")).toBeVisible();
  });

  it("draws what ended, told bucket by bucket to keys, with a table of the same", async () => {
    const { person } = await show();
    const slider = await screen.findByRole("slider", { name: "Finished per minute" });
    expect(screen.getByText("Completed 1,770")).toBeVisible();
    slider.focus();
    await person.keyboard("{End}");
    expect(slider).toHaveAttribute("aria-valuenow", "59");
    expect(slider.getAttribute("aria-valuetext")).toMatch(/: Completed 59, Failed 2$/);
    expect(screen.getByText("Completed 59")).toBeVisible();
    await person.keyboard("{ArrowLeft}{Escape}");
    expect(screen.getByText("Completed 1,770")).toBeVisible();

    await person.click(screen.getByRole("button", { name: "Finished per minute: show as a table" }));
    const rows = await screen.findAllByRole("row");
    expect(rows[1]).toHaveTextContent(/592$/);
  });

  it("says that nothing ended, in place of an empty drawing", async () => {
    numbers = sampleStats([sampleBucket({ at: 0 })]);
    await show();
    expect(await screen.findByText("No job ended in the last hour.")).toBeVisible();
  });

  it("keeps the window in the address", async () => {
    const { history, person } = await show();
    await person.click(await screen.findByRole("button", { name: /^24.h$/ }));
    await waitFor(() => expect(history.location.search).toBe("?window=24h"));
    await waitFor(() => expect(asked).toContain("?window_seconds=86400"));
  });

  it("shows everybody's to administrators alone, whatever the address says", async () => {
    await show("/?whose=everyone");
    expect(await screen.findByRole("region", { name: "Jobs by state" })).toBeVisible();
    expect(screen.queryByRole("group", { name: "Whose jobs" })).toBeNull();
    expect(asked.join()).not.toContain("all=true");
  });

  it("shows an administrator the lines, and that no worker is alive", async () => {
    signIn("admin");
    groups = [GROUP];
    await show("/?whose=everyone");
    expect(await screen.findByText("No worker is alive: nothing runs until one is started.")).toBeVisible();
    expect(screen.getByText("44 waiting")).toBeVisible();
    const strip = await screen.findByRole("region", { name: "Everybody's jobs by state" });
    expect(within(strip).queryByRole("link")).toBeNull();
    expect(screen.queryByRole("button", { name: /Retry/ })).toBeNull();
    await waitFor(() => expect(asked).toContain("?window_seconds=3600&all=true"));
  });
});
