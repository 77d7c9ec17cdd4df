import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ErrorGroup, JobSummary } from "@/api/types";
import { at, summaryWith } from "../jobFixtures";
import { showScreen } from "../showScreen";
import { DeadLetters } from "./DeadLetters";
import { deadSearch } from "./deadSearch";

const group = (part: Partial<ErrorGroup>): ErrorGroup => ({
  fingerprint: "0123456789abcdef",
  kind: "webhook.deliver",
  type: "ConnectTimeout",
  message: "hooks.example.org did not answer in 30 s",
  count: 38,
  first_seen: at(0),
  last_seen: at(60),
  sample_job_id: summaryWith().id,
  ...part,
});
const COUNTS = {
  scheduled: 0,
  pending: 0,
  running: 0,
  retrying: 0,
  completed: 0,
  failed: 41,
  cancelled: 0,
  capped: false,
};
const page = (items: readonly unknown[]) => HttpResponse.json({ items, next_cursor: null });

let groups: ErrorGroup[] = [];
let jobs: JobSummary[] = [];
let asked: { path: string; body: unknown }[] = [];
const bulk = (path: string) =>
  http.post(path, async ({ request }) => {
    asked.push({ path: new URL(request.url).pathname, body: await request.json() });
    return HttpResponse.json({ changed: 1, skipped: 0 });
  });
const server = setupServer(
  http.post("*/token/refresh", () =>
    HttpResponse.json({ user: { id: "u" }, access_token: "t", token_type: "Bearer", expires_in: 900 }),
  ),
  http.get("*/jobs/errors", ({ request }) => {
    const q = new URL(request.url).searchParams.get("q") ?? "";
    return page(groups.filter(({ kind }) => kind.includes(q)));
  }),
  http.get("*/jobs/counts", () => HttpResponse.json(COUNTS)),
  http.get("*/jobs", () => page(jobs)),
  bulk("*/jobs/retry"),
  bulk("*/jobs/discard"),
);
beforeAll(() => server.listen());
beforeEach(() => {
  groups = [
    group({}),
    group({
      fingerprint: "00000000000000aa",
      kind: "report.render",
      type: "poison",
      count: 3,
      last_seen: at(90),
    }),
  ];
  jobs = [
    summaryWith({
      state: "failed",
      finished_at: at(5),
      tags: ["orders"],
      error: { type: "x", message: "y" },
    }),
  ];
  asked = [];
});
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const show = (search = "") =>
  showScreen(`/dead-letters${search}`, {
    "/dead-letters": (given) => <DeadLetters search={deadSearch(given)} />,
    "/jobs": () => <h1>The table</h1>,
  });
const card = async (name: string) => {
  const heading = await screen.findByRole("button", { name });
  return heading.closest("article") as HTMLElement;
};
const order = () =>
  [...document.querySelectorAll("[data-group]")].map((each) => each.getAttribute("data-group")?.slice(-2));

describe("the dead letters", () => {
  it("stand in groups, the largest open, with how many there are and whether a retry may help", async () => {
    await show();
    const first = await card("ConnectTimeout");
    expect(screen.getByText("41 failed jobs, 2 errors")).toBeInTheDocument();
    expect(await within(first).findByText("orders")).toBeInTheDocument();
    expect(within(first).getByText("It could not be reached: a retry may help now.")).toBeInTheDocument();
    expect(within(first).getByRole("link", { name: "Show all 38" })).toHaveAttribute(
      "href",
      "/app/jobs?state=failed&kind=webhook.deliver&fingerprint=0123456789abcdef",
    );
    expect(within(await card("poison")).queryByText("orders")).toBeNull();
  });

  it("are retried by group, and one by one", async () => {
    const { person } = await show();
    const first = await card("ConnectTimeout");
    await person.click(within(first).getByRole("button", { name: "Retry 38" }));
    await waitFor(() =>
      expect(asked).toEqual([
        {
          path: "/jobs/retry",
          body: {
            filter: { state: ["failed"], kind: ["webhook.deliver"], fingerprint: ["0123456789abcdef"] },
          },
        },
      ]),
    );
    await person.click(await within(first).findByRole("button", { name: /^Retry job/ }));
    await waitFor(() => expect(asked[1]).toEqual({ path: "/jobs/retry", body: { ids: [jobs[0]?.id] } }));
  });

  it("are discarded only after it was said how many they are", async () => {
    const { person } = await show();
    await person.click(await screen.findByRole("button", { name: "Discard all" }));
    const dialog = await screen.findByRole("dialog", { name: "Discard 41 jobs?" });
    expect(asked).toEqual([]);
    await person.click(within(dialog).getByRole("button", { name: "Discard 41 jobs" }));
    await waitFor(() =>
      expect(asked).toEqual([{ path: "/jobs/discard", body: { filter: { state: ["failed"] } } }]),
    );
  });

  it("stay in their order while one looks, and sort by the latest when asked", async () => {
    const { person, queryClient } = await show();
    await card("ConnectTimeout");
    expect(order()).toEqual(["ef", "aa"]);
    groups = [
      group({ fingerprint: "00000000000000aa", kind: "report.render", type: "poison", count: 99 }),
      ...groups.slice(0, 1),
    ];
    await queryClient.invalidateQueries();
    expect(await screen.findByText("99")).toBeInTheDocument();
    expect(order()).toEqual(["ef", "aa"]);
    await person.click(screen.getByRole("button", { name: "Latest" }));
    await person.click(screen.getByRole("button", { name: "Most jobs" }));
    await waitFor(() => expect(order()).toEqual(["aa", "ef"]));
  });

  it("are searched; and say so when there are none", async () => {
    const { person, history } = await show();
    await card("poison");
    await person.keyboard("/report");
    await waitFor(() => expect(history.location.search).toBe("?q=report"));
    await waitFor(() => expect(order()).toEqual(["aa"]));
    await person.keyboard("s.not");
    expect(await screen.findByText("No failed jobs with “reports.not”")).toBeInTheDocument();
    groups = [];
    await person.click(screen.getByRole("button", { name: "Clear" }));
    expect(await screen.findByRole("heading", { name: "No dead letters" })).toBeInTheDocument();
  });

  it("say why they could not be read, and try again", async () => {
    server.use(http.get("*/jobs/errors", () => new HttpResponse(null, { status: 500 })));
    const { person } = await show();
    expect(await screen.findByText("The failed jobs could not be read")).toBeInTheDocument();
    server.resetHandlers();
    await person.click(screen.getByRole("button", { name: "Try again" }));
    expect(await card("ConnectTimeout")).toBeInTheDocument();
  });
});
