import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accept, getSession, leave } from "@/api/session";
import { showScreen } from "@/jobs/showScreen";
import { Toasts } from "@/ui/Toasts";
import { ApiKeys } from "./ApiKeys";
import { Password } from "./Password";
import { Profile } from "./Profile";
import { Sessions } from "./Sessions";
import { TellMe } from "./TellMe";
import { YourData } from "./YourData";

const USER = {
  id: "u",
  email: "mara@example.org",
  name: "Mara",
  role: "user",
  email_verified: false,
  created_at: "2026-01-01T00:00:00Z",
};
const refusal = (status: number, detail: string, errors: object[] = []) =>
  HttpResponse.json(
    { title: "Wrong", status, detail, errors },
    { status, headers: { "Content-Type": "application/problem+json" } },
  );
const server = setupServer(
  http.get("*/signup", () => HttpResponse.json({ mode: "open", domain: null, mail: true })),
);
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
beforeEach(() => {
  accept({ user: USER, access_token: "t", token_type: "Bearer", expires_in: 900 } as never);
});
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const open = (section: React.ReactNode) =>
  showScreen("/settings", {
    "/settings": () => (
      <>
        {section}
        <Toasts />
      </>
    ),
  });

describe("the profile", () => {
  it("changes the name, everywhere on the page", async () => {
    server.use(
      http.patch("*/me", async ({ request }) =>
        HttpResponse.json({ ...USER, ...((await request.json()) as object) }),
      ),
    );
    const { person } = await open(<Profile />);
    const name = await screen.findByLabelText("Name");
    const save = screen.getByRole("button", { name: "Save name" });
    expect(save).toBeDisabled();
    await person.clear(name);
    await person.type(name, "Mara Lind{Enter}");
    await waitFor(() => expect(getSession()).toMatchObject({ user: { name: "Mara Lind" } }));
  });

  it("sends the link again to who has not confirmed the address", async () => {
    server.use(http.post("*/email/verify/again", () => new HttpResponse(null, { status: 202 })));
    const { person } = await open(<Profile />);
    await person.click(await screen.findByRole("button", { name: "Send the link again" }));
    expect(await screen.findByText(/The link is on its way/)).toBeInTheDocument();
  });

  it("learns that the address was confirmed in another window", async () => {
    server.use(
      http.post("*/email/verify/again", () => refusal(409, "Your address is confirmed already.")),
      http.get("*/me", () => HttpResponse.json({ ...USER, email_verified: true })),
    );
    const { person } = await open(<Profile />);
    await person.click(await screen.findByRole("button", { name: "Send the link again" }));
    expect(await screen.findByText("Confirmed")).toBeInTheDocument();
  });
});

describe("the password", () => {
  it("is changed, and the form is empty again", async () => {
    let sent: unknown;
    server.use(
      http.post("*/me/password", async ({ request }) => {
        sent = await request.json();
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { person } = await open(<Password />);
    await person.type(await screen.findByLabelText("Current password"), "old");
    await person.type(screen.getByLabelText("New password"), "four plain words{Enter}");
    const told = (await screen.findByText(/Your other sessions have ended/)).closest('[role="status"]');
    expect(told).toHaveTextContent("API keys stay good");
    expect(within(told as HTMLElement).getByRole("link", { name: "API keys" })).toHaveAttribute(
      "href",
      "/app/settings/api-keys",
    );
    expect(sent).toEqual({ current_password: "old", new_password: "four plain words" });
    expect(screen.getByLabelText("Current password")).toHaveValue("");
    expect(screen.getByLabelText("New password")).toHaveValue("");
  });

  it("says which of the two is wrong", async () => {
    const errors = [{ pointer: "/current_password", message: "is not your password" }];
    server.use(http.post("*/me/password", () => refusal(422, "1 field is wrong.", errors)));
    const { person } = await open(<Password />);
    await person.type(await screen.findByLabelText("Current password"), "wrong");
    await person.type(screen.getByLabelText("New password"), "four plain words{Enter}");
    const current = screen.getByLabelText("Current password");
    await waitFor(() => expect(current).toHaveAccessibleDescription("That is not your password."));
    expect(current).toBeInvalid();
    expect(screen.getByLabelText("New password")).toBeValid();
  });
});

describe("the sessions", () => {
  const session = (id: string, current = false) => ({
    id,
    device: `program ${id}`,
    address: "203.0.113.7",
    created_at: "2026-11-24T10:00:00Z",
    last_used_at: "2026-11-24T12:00:00Z",
    current,
  });
  let kept: ReturnType<typeof session>[] = [];
  let ended: string[] = [];
  beforeEach(() => {
    kept = [session("a"), session("b", true), session("c")];
    ended = [];
    server.use(
      http.get("*/me/sessions", () => HttpResponse.json({ items: kept, next_cursor: null })),
      http.delete("*/me/sessions/:id", ({ params }) => {
        ended.push(String(params.id));
        kept = kept.filter(({ id }) => id !== params.id);
        return new HttpResponse(null, { status: 204 });
      }),
    );
  });

  it("show this one first, and end another after asking", async () => {
    const { person } = await open(<Sessions />);
    await screen.findByText("this one");
    const rows = screen.getAllByRole("listitem").filter((row) => row.textContent?.includes("program"));
    expect(rows[0]).toHaveTextContent("this one");
    if (!rows[1]) throw new Error("There is no other session.");
    await person.click(within(rows[1]).getByRole("button", { name: "Sign out" }));
    const dialog = await screen.findByRole("dialog");
    expect(ended).toEqual([]);
    await person.click(within(dialog).getByRole("button", { name: "Sign out" }));
    await waitFor(() => expect(ended).toEqual(["a"]));
    await waitFor(() => expect(screen.queryByText("program a")).toBeNull());
  });

  it("end all others, and never this one", async () => {
    const { person } = await open(<Sessions />);
    await person.click(await screen.findByRole("button", { name: "Sign out the 2 others" }));
    const dialog = await screen.findByRole("dialog", { name: "Sign out 2 sessions?" });
    await person.click(within(dialog).getByRole("button", { name: "Sign out" }));
    await waitFor(() => expect(ended.toSorted()).toEqual(["a", "c"]));
  });

  it("are back when the server says no", async () => {
    server.use(http.delete("*/me/sessions/:id", () => refusal(500, "Broken.")));
    const { person } = await open(<Sessions />);
    await person.click(await screen.findByRole("button", { name: "Sign out the 2 others" }));
    await person.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Sign out" }));
    expect(await screen.findByText("Not all sessions have ended")).toBeInTheDocument();
    expect(await screen.findByText("program a")).toBeInTheDocument();
  });
});

describe("API keys", () => {
  const key = (id: string, part: object = {}) => ({
    id,
    name: `key ${id}`,
    hint: "jy_abcd",
    scopes: ["jobs:read"],
    created_at: "2026-11-24T10:00:00Z",
    expires_at: null,
    last_used_at: null,
    ...part,
  });
  let keys: object[] = [];
  beforeEach(() => {
    keys = [];
    server.use(http.get("*/api-keys", () => HttpResponse.json({ items: keys, next_cursor: null })));
  });

  it("are made with a name and scopes, and shown this once", async () => {
    let sent: Record<string, unknown> = {};
    server.use(
      http.post("*/api-keys", async ({ request }) => {
        sent = (await request.json()) as Record<string, unknown>;
        keys = [key("1", { name: sent.name })];
        return HttpResponse.json({ ...key("1", { name: sent.name }), key: "jy_abcdSECRET" }, { status: 201 });
      }),
    );
    const { person } = await open(<ApiKeys />);
    await person.click(await screen.findByRole("button", { name: "New key" }));
    const form = screen.getByRole("form", { name: "New key" });
    expect(within(form).queryByRole("checkbox", { name: "admin" })).toBeNull();
    await person.click(within(form).getByRole("button", { name: "Make key" }));
    expect(within(form).getByLabelText("Name")).toHaveAccessibleDescription(
      "A name, so that you know it again.",
    );
    await person.type(within(form).getByLabelText("Name"), "month-end");
    await person.click(within(form).getByRole("checkbox", { name: "jobs:write" }));
    await person.click(within(form).getByRole("button", { name: "Never" }));
    await person.click(within(form).getByRole("button", { name: "Make key" }));
    expect(await screen.findByLabelText("The key")).toHaveValue("jy_abcdSECRET");
    expect(sent).toEqual({ name: "month-end", scopes: ["jobs:read"], expires_at: null });
    expect(await screen.findByText("month-end")).toBeInTheDocument();
    await person.click(screen.getByRole("button", { name: "I have copied it, hide it" }));
    expect(screen.queryByLabelText("The key")).toBeNull();
  });

  it("are not lost by a click elsewhere before they are copied", async () => {
    server.use(
      http.post("*/api-keys", () =>
        HttpResponse.json({ ...key("1"), key: "jy_abcdSECRET" }, { status: 201 }),
      ),
    );
    const { person, history } = await open(<ApiKeys />);
    await person.click(await screen.findByRole("button", { name: "New key" }));
    await person.type(screen.getByLabelText("Name"), "month-end{Enter}");
    await screen.findByLabelText("The key");
    // Another would take its place.
    expect(screen.queryByRole("button", { name: "New key" })).toBeNull();

    history.push("/app/jobs");
    const dialog = await screen.findByRole("dialog", { name: "Leave without the key?" });
    await person.click(within(dialog).getByRole("button", { name: "Stay here" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(screen.getByLabelText("The key")).toHaveValue("jy_abcdSECRET");

    const shown = screen.getByRole("region", { name: "The new key key 1" });
    await person.click(within(shown).getByRole("button", { name: "Copy" }));
    await within(shown).findByRole("button", { name: "Copied" });
    history.push("/app/jobs");
    await waitFor(() => expect(screen.queryByLabelText("The key")).toBeNull());
  });

  it("are left behind by who says so, and by who is signed out", async () => {
    server.use(
      http.post("*/api-keys", () =>
        HttpResponse.json({ ...key("1"), key: "jy_abcdSECRET" }, { status: 201 }),
      ),
    );
    for (const leaves of ["by choice", "signed out"]) {
      const { person, history } = await open(<ApiKeys />);
      await person.click(await screen.findByRole("button", { name: "New key" }));
      await person.type(screen.getByLabelText("Name"), "month-end{Enter}");
      await screen.findByLabelText("The key");
      if (leaves === "signed out") leave();
      history.push("/app/sign-in");
      if (leaves === "by choice") {
        await person.click(await screen.findByRole("button", { name: "Leave without it" }));
      }
      await waitFor(() => expect(screen.queryByLabelText("The key")).toBeNull());
      cleanup();
    }
  });

  it("say what the server does not take beside it", async () => {
    server.use(
      http.post("*/api-keys", () =>
        refusal(422, "1 field is wrong.", [{ pointer: "", message: "there are 50 API keys already" }]),
      ),
    );
    const { person } = await open(<ApiKeys />);
    await person.click(await screen.findByRole("button", { name: "New key" }));
    await person.type(screen.getByLabelText("Name"), "one more{Enter}");
    expect(await screen.findByText("There are 50 API keys already.")).toBeInTheDocument();
  });

  it("are deleted after asking, and back when the server says no", async () => {
    keys = [key("1")];
    server.use(http.delete("*/api-keys/:id", () => refusal(500, "Broken.")));
    const { person } = await open(<ApiKeys />);
    await person.click(await screen.findByRole("button", { name: "Delete the key key 1" }));
    const dialog = await screen.findByRole("dialog", { name: "Delete the key key 1?" });
    await person.click(within(dialog).getByRole("button", { name: "Delete key" }));
    expect(await screen.findByText("The key key 1 is still good")).toBeInTheDocument();
    expect(await screen.findByRole("button", { name: "Delete the key key 1" })).toBeInTheDocument();
  });

  it("stand out when they run out soon", async () => {
    keys = [
      key("soon", { expires_at: new Date(Date.now() + 3.5 * 86_400_000).toISOString() }),
      key("over", { expires_at: "2026-01-02T00:00:00Z" }),
    ];
    await open(<ApiKeys />);
    expect(await screen.findByText("in 3 d")).toBeInTheDocument();
    expect(screen.getByText("expired 2 Jan 2026")).toBeInTheDocument();
  });
});

describe("what one is told of", () => {
  it("is set by kind, one change after the other", async () => {
    const told: unknown[] = [];
    const all = { completed: true, failed: true, cancelled: true };
    const failures = { completed: false, failed: true, cancelled: false };
    let stored: object = { signed_in: all, others: failures, kinds: { "demo.echo": all } };
    server.use(
      http.get("*/kinds", () => HttpResponse.json({ items: [], next_cursor: null })),
      http.get("*/notifications/settings", () => HttpResponse.json(stored)),
      http.put("*/notifications/settings", async ({ request }) => {
        stored = (await request.json()) as object;
        told.push(stored);
        return HttpResponse.json(stored);
      }),
    );
    const { person } = await open(<TellMe />);
    const kind = await screen.findByRole("group", { name: "demo.echo" });
    await person.click(within(kind).getByRole("button", { name: "None" }));
    await person.click(screen.getByRole("button", { name: "As other jobs: demo.echo" }));
    await waitFor(() => expect(told.at(-1)).toEqual({ signed_in: all, others: failures, kinds: {} }));
  });
});

describe("one's own data", () => {
  it("is deleted only after the address was typed and the password given", async () => {
    let sent: unknown;
    server.use(
      http.delete("*/me", async ({ request }) => {
        sent = await request.json();
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { person } = await open(<YourData />);
    await person.click(await screen.findByRole("button", { name: "Delete account" }));
    const dialog = await screen.findByRole("dialog");
    const last = within(dialog).getByRole("button", { name: "Delete account" });
    await person.type(within(dialog).getByLabelText("Password"), "four plain words{Enter}");
    expect(last).toBeDisabled();
    expect(sent).toBeUndefined();
    await person.type(within(dialog).getByLabelText(/^Type mara@example.org/), "Mara@example.org");
    await person.click(last);
    await waitFor(() => expect(sent).toEqual({ password: "four plain words" }));
    await waitFor(() => expect(getSession().status).toBe("signed-out"));
  });

  it("stays when the password is wrong, or the last administrator would be gone", async () => {
    const answers = [
      refusal(422, "Wrong.", [{ pointer: "/password", message: "is not your password" }]),
      refusal(409, "You are the last administrator: make another user one first."),
    ];
    server.use(http.delete("*/me", () => answers.shift()));
    const { person } = await open(<YourData />);
    await person.click(await screen.findByRole("button", { name: "Delete account" }));
    const dialog = await screen.findByRole("dialog");
    await person.type(within(dialog).getByLabelText(/^Type mara@example.org/), "mara@example.org");
    await person.type(within(dialog).getByLabelText("Password"), "wrong");
    await person.click(within(dialog).getByRole("button", { name: "Delete account" }));
    expect(await within(dialog).findByText("That is not your password.")).toBeInTheDocument();
    await person.click(within(dialog).getByRole("button", { name: "Delete account" }));
    expect(await within(dialog).findByText(/You are the last administrator/)).toBeInTheDocument();
    expect(getSession().status).toBe("signed-in");
  });
});
