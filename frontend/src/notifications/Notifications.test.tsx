import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inboxKeys, type Notice } from "@/api/notifications";
import { accept } from "@/api/session";
import { showScreen } from "@/jobs/showScreen";
import { Toasts } from "@/ui/Toasts";
import { Notifications } from "./Notifications";

let made = 0;
function notice(part: Partial<Notice> = {}): Notice {
  made += 1;
  const kind = part.kind ?? "demo.echo";
  const event = part.event ?? "completed";
  return {
    id: `n${made}`,
    job_id: `0190a20d-0000-7000-8000-${String(made).padStart(12, "0")}`,
    at: new Date(Date.now() - made * 1_000).toISOString(),
    kind,
    event,
    message: `${kind} ${event}`,
    read: false,
    ...part,
  };
}

let inbox: Notice[] = [];
let sent: unknown[] = [];
const page = (items: Notice[], more: object = {}) =>
  HttpResponse.json({
    items,
    next_cursor: null,
    unread: inbox.filter(({ read }) => !read).length,
    folded: 0,
    ...more,
  });
const settings = { signed_in: ends(true), others: ends(false), kinds: {} };
function ends(all: boolean) {
  return { completed: all, failed: true, cancelled: all };
}
const server = setupServer(
  http.get("*/notifications/settings", () => HttpResponse.json(settings)),
  http.get("*/notifications", ({ request }) => {
    const unread = new URL(request.url).searchParams.get("unread") === "true";
    return page(inbox.filter(({ read }) => !unread || !read));
  }),
  http.post("*/notifications/read", async ({ request }) => {
    const body = (await request.json()) as { ids?: string[] };
    sent.push(body);
    inbox = inbox.map((one) => (!body.ids || body.ids.includes(one.id) ? { ...one, read: true } : one));
    return HttpResponse.json({ changed: 1 });
  }),
);
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
beforeEach(() => {
  made = 0;
  inbox = [];
  sent = [];
  accept({ user: { id: "u" }, access_token: "t", token_type: "Bearer", expires_in: 900 } as never);
});
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const show = () =>
  showScreen("/notifications", {
    "/notifications": ({ unread }) => (
      <>
        <Notifications unread={unread === "true"} />
        <Toasts />
      </>
    ),
    "/jobs/$id": () => <h1>The job</h1>,
  });
const entries = () =>
  waitFor(() => {
    const found = [...document.querySelectorAll<HTMLElement>("li[data-entry]")];
    if (found.length === 0) throw new Error("There are no entries.");
    return found;
  });

describe("the inbox", () => {
  it("tells what ended and why, and leads to the job, which is read by that", async () => {
    inbox = [notice({ kind: "hook", event: "failed", message: "hook failed: Timeout: no answer" })];
    const { person, history } = await show();
    const [entry] = await entries();
    expect(entry).toHaveTextContent("hook failed");
    expect(entry).toHaveTextContent("Timeout: no answer");
    await person.click(screen.getByRole("link", { name: "hook failed" }));
    expect(history.location.pathname).toBe(`/app/jobs/${inbox[0]?.job_id}`);
    await waitFor(() => expect(sent).toEqual([{ ids: ["n1"] }]));
  });

  it("marks one as read at once, and takes it back when the server says no", async () => {
    inbox = [notice(), notice()];
    let refuse = () => {};
    server.use(
      http.post("*/notifications/read", async () => {
        await new Promise<void>((resolve) => {
          refuse = resolve;
        });
        return HttpResponse.json({ detail: "No." }, { status: 500 });
      }),
    );
    const { person } = await show();
    const [first] = await entries();
    if (!first) throw new Error("There is no entry.");
    await person.click(within(first).getByRole("button", { name: "Mark as read" }));
    await waitFor(() => expect(within(first).queryByText("Unread")).toBeNull());
    expect(screen.getByRole("link", { name: "Unread 1" })).toBeInTheDocument();
    refuse();
    expect(await within(first).findByText("Unread")).toBeInTheDocument();
    expect(await screen.findByText("They are still unread")).toBeInTheDocument();
  });

  it("marks all as read, and keeps their rows in place", async () => {
    inbox = [notice(), notice({ event: "failed" })];
    const { person } = await show();
    await entries();
    await person.click(screen.getByRole("button", { name: "Mark all read" }));
    await waitFor(() => expect(sent).toEqual([{ all: true }]));
    expect(await entries()).toHaveLength(2);
    await waitFor(() => expect(screen.getByRole("button", { name: "Mark all read" })).toBeDisabled());
  });

  it("lets what is new wait until it is asked for", async () => {
    inbox = [notice()];
    const { person, queryClient } = await show();
    await entries();
    inbox = [notice({ at: new Date().toISOString(), kind: "just.now" }), ...inbox];
    await queryClient.invalidateQueries({ queryKey: inboxKeys.unread });
    const pill = await screen.findByRole("button", { name: "1 new" });
    expect(screen.queryByText("just.now")).toBeNull();
    await person.click(pill);
    expect(await screen.findByText("just.now")).toBeInTheDocument();
    await waitFor(() => expect(screen.queryByRole("button", { name: "1 new" })).toBeNull());
  });

  it("fills an empty list by itself", async () => {
    const { queryClient } = await show();
    expect(await screen.findByText("Nothing has ended yet")).toBeInTheDocument();
    inbox = [notice({ kind: "just.now" })];
    await queryClient.invalidateQueries({ queryKey: inboxKeys.unread });
    expect(await screen.findByText("just.now")).toBeInTheDocument();
  });

  it("retries all of one failure", async () => {
    const alike = { kind: "hook", event: "failed", message: "hook failed: Timeout: no answer" } as const;
    inbox = [notice(alike), notice(), notice(alike)];
    let ids: unknown;
    server.use(
      http.post("*/jobs/retry", async ({ request }) => {
        ({ ids } = (await request.json()) as { ids: unknown });
        return HttpResponse.json({ changed: 1, skipped: 1 });
      }),
    );
    const { person } = await show();
    await person.click(await screen.findByRole("button", { name: "Retry 2" }));
    expect(await screen.findByText("Retried 1. 1 had gone on already, or are gone.")).toBeInTheDocument();
    expect(ids).toEqual([inbox[0]?.job_id, inbox[2]?.job_id]);
  });

  it("goes from one to the next by key, and marks by key", async () => {
    inbox = [notice({ kind: "a" }), notice({ kind: "b" })];
    const { person } = await show();
    await entries();
    await person.keyboard("jj");
    expect(screen.getByRole("link", { name: "b completed" })).toHaveFocus();
    await person.keyboard("m");
    await waitFor(() => expect(sent).toEqual([{ ids: ["n2"] }]));
    await person.keyboard("k");
    expect(screen.getByRole("link", { name: "a completed" })).toHaveFocus();
  });

  it("says what went wrong, and tries again", async () => {
    let away = true;
    server.use(
      http.get("*/notifications", () =>
        away ? HttpResponse.json({ detail: "The database is away." }, { status: 500 }) : page([]),
      ),
    );
    const { person } = await show();
    expect(await screen.findByText("The notifications could not be read")).toBeInTheDocument();
    away = false;
    await person.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Nothing has ended yet")).toBeInTheDocument();
  });

  it("changes what one is told of at once", async () => {
    let put: unknown;
    server.use(
      http.put("*/notifications/settings", async ({ request }) => {
        put = await request.json();
        return HttpResponse.json(put as object);
      }),
    );
    const { person } = await show();
    const group = await screen.findByRole("group", { name: "Tell me about jobs that I submit" });
    await person.click(within(group).getByRole("button", { name: "Failures only" }));
    expect(within(group).getByRole("button", { name: "Failures only" })).toHaveAttribute(
      "aria-pressed",
      "true",
    );
    await waitFor(() => expect(put).toEqual({ ...settings, signed_in: ends(false) }));
  });
});
