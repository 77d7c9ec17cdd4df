import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ManagedUser } from "@/api/admin";
import { accept } from "@/api/session";
import type { User } from "@/api/types";
import { showScreen } from "@/jobs/showScreen";
import { AdminOnly } from "./AdminOnly";
import { UsersScreen } from "./UsersScreen";

const user = (name: string, part: Partial<ManagedUser> = {}): ManagedUser => ({
  id: `01a20ddc-c067-7b34-be99-2334e55b000${name.length}`,
  email: `${name}@example.org`,
  name: "",
  role: "user",
  email_verified: true,
  created_at: "2026-11-01T12:00:00Z",
  disabled: false,
  disabled_at: null,
  weight: 10,
  ...part,
});
const ME = user("mara", { role: "admin" });
const ANA = user("ana");

let users: ManagedUser[] = [];
let changes: unknown[] = [];
const server = setupServer(
  http.get("*/admin/users", ({ request }) => {
    const params = new URL(request.url).searchParams;
    const found = users.filter(({ email }) => email.includes(params.get("q") ?? ""));
    return params.get("cursor")
      ? HttpResponse.json({ items: found.slice(2), next_cursor: null })
      : HttpResponse.json({ items: found.slice(0, 2), next_cursor: found.length > 2 ? "more" : null });
  }),
  http.patch("*/admin/users/:id", async ({ params, request }) => {
    const change = (await request.json()) as Partial<ManagedUser>;
    changes.push(change);
    if (change.weight === 7) {
      return HttpResponse.json(
        {
          title: "Invalid",
          status: 422,
          detail: "",
          errors: [{ pointer: "/weight", message: "must not be 7" }],
        },
        { status: 422 },
      );
    }
    if (change.role === "user") {
      return HttpResponse.json(
        { title: "Conflict", detail: "ana is the last administrator." },
        { status: 409 },
      );
    }
    return HttpResponse.json({ ...users.find(({ id }) => id === params.id), ...change });
  }),
);
beforeAll(() => server.listen());
beforeEach(() => {
  users = [ME, ANA];
  changes = [];
  signIn(ME);
});
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

function signIn({ id, email, role }: ManagedUser): void {
  const me = { id, email, name: "", role, email_verified: true, created_at: ME.created_at } satisfies User;
  accept({ user: me, access_token: "t", token_type: "Bearer", expires_in: 900 });
}

const show = (q = "") =>
  showScreen("/", { "/": () => <AdminOnly title="Users">{<UsersScreen q={q} />}</AdminOnly> });
const rowOf = ({ email }: ManagedUser) => screen.getByText(email).closest('[role="row"]') as HTMLElement;

async function choose(person: Awaited<ReturnType<typeof show>>["person"], of: ManagedUser, what: string) {
  await person.click(await screen.findByRole("button", { name: `Actions for ${of.email}` }));
  await person.click(await screen.findByRole("menuitem", { name: what }));
}

describe("the users", () => {
  it("are disabled only after it was said what that means", async () => {
    const { person } = await show();
    await choose(person, ANA, "Disable");
    const dialog = await screen.findByRole("dialog", { name: `Disable ${ANA.email}?` });
    expect(dialog).toHaveTextContent("Their waiting jobs are held");
    expect(changes).toEqual([]);
    await person.click(within(dialog).getByRole("button", { name: "Disable" }));
    await waitFor(() => expect(rowOf(ANA)).toHaveTextContent("Disabled"));
    expect(changes).toEqual([{ disabled: true }]);
  });

  it("stay as they are when the server says no, and why it did is in the dialog", async () => {
    users = [ME, { ...ANA, role: "admin" }];
    const { person } = await show();
    await choose(person, ANA, "Make ordinary user");
    await person.click(await screen.findByRole("button", { name: "Make ordinary user" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("ana is the last administrator.");
    expect(rowOf(ANA)).toHaveTextContent("Administrator");
  });

  it("get a weight from 1 to 100, and the server's own word about it stands at the field", async () => {
    const { person } = await show();
    await choose(person, ANA, "Change weight");
    const field = await screen.findByLabelText("Weight");
    await person.clear(field);
    await person.type(field, "101");
    expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
    await person.clear(field);
    await person.type(field, "7");
    await person.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("must not be 7")).toBeVisible();
    await person.clear(field);
    await person.type(field, "8{Enter}");
    await waitFor(() => expect(rowOf(ANA)).toHaveTextContent("8"));
  });

  it("can't shut themselves out", async () => {
    const { person } = await show();
    await person.click(await screen.findByRole("button", { name: `Actions for ${ME.email}` }));
    expect(await screen.findByText("Your own role is another's to change")).toBeVisible();
    expect(screen.queryByRole("menuitem", { name: "Disable" })).toBeNull();
  });

  it("come page by page, and who is not found is said", async () => {
    users = [ME, ANA, user("clara")];
    const { person } = await show();
    await person.click(await screen.findByRole("button", { name: "Show more" }));
    expect(await screen.findByText("clara@example.org")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  });

  it("are not found by another name", async () => {
    await show("nobody");
    expect(await screen.findByRole("heading", { name: "Nobody is called “nobody”" })).toBeVisible();
  });

  it("are nothing for who is no administrator, and no request is made", async () => {
    signIn(ANA);
    server.use(http.get("*/admin/users", () => Promise.reject(new Error("asked"))));
    await show();
    expect(await screen.findByRole("heading", { name: "This track is for administrators" })).toBeVisible();
  });

  it("that can't be read are asked for again", async () => {
    server.use(
      http.get(
        "*/admin/users",
        () => HttpResponse.json({ title: "Away", detail: "Away." }, { status: 400 }),
        {
          once: true,
        },
      ),
    );
    const { person } = await show();
    await person.click(await screen.findByRole("button", { name: "Try again" }));
    expect(await screen.findByText(ANA.email)).toBeVisible();
  });
});
