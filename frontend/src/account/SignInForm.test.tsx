import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { getSession } from "@/api/session";
import { SignInForm } from "./SignInForm";
import { SignUpForm } from "./SignUpForm";
import { rememberEmail, typedEmail } from "./typedEmail";

const user = {
  id: "u1",
  email: "mara@example.org",
  name: "Mara Lind",
  role: "user",
  email_verified: true,
  created_at: "2026-01-01T00:00:00Z",
};
const signedIn = { user, access_token: "t", token_type: "Bearer", expires_in: 900 };
const problem = (status: number, body: object, headers?: Record<string, string>) =>
  HttpResponse.json(
    { title: "Wrong", status, ...body },
    { status, headers: { "Content-Type": "application/problem+json", ...headers } },
  );

const rules = (part: object = {}) =>
  http.get("*/signup", () => HttpResponse.json({ mode: "open", domain: null, mail: true, ...part }));
const server = setupServer(rules());
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => {
  server.resetHandlers();
  rememberEmail("");
});
afterAll(() => server.close());

/** The form on a page of its own, with a router that notes where it is sent. */
async function show(form: React.ReactNode) {
  const root = createRootRoute({ component: Outlet });
  const routes = ["/sign-in", "/sign-up", "/forgot-password", "/jobs"].map((path) =>
    createRoute({ getParentRoute: () => root, path, component: () => form }),
  );
  const history = createMemoryHistory({ initialEntries: ["/app/sign-in"] });
  const router = createRouter({ routeTree: root.addChildren(routes), basepath: "/app", history });
  render(
    <QueryClientProvider client={new QueryClient()}>
      {/* biome-ignore lint/suspicious/noExplicitAny: a small router in place of the page's registered one */}
      <RouterProvider router={router as any} />
    </QueryClientProvider>,
  );
  await screen.findByLabelText("Email");
  return { history, person: userEvent.setup() };
}

async function fill(person: ReturnType<typeof userEvent.setup>, password: string) {
  await person.type(screen.getByLabelText("Email"), "  mara@example.org");
  await person.type(screen.getByLabelText("Password"), password);
}

describe("SignInForm", () => {
  it("signs in and goes where one wanted to go", async () => {
    let sent: unknown;
    server.use(
      http.post("*/login", async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json(signedIn);
      }),
    );
    const { history, person } = await show(<SignInForm to="/jobs?state=failed" />);
    await fill(person, "four plain words{Enter}");
    await expect.poll(() => history.location.href).toBe("/app/jobs?state=failed");
    expect(sent).toEqual({ email: "mara@example.org", password: "four plain words" });
    expect(getSession()).toMatchObject({ status: "signed-in", user: { id: "u1" } });
  });

  it("puts the refusal beside the password, tied to it", async () => {
    server.use(http.post("*/login", () => problem(401, { detail: "Unknown email or wrong password." })));
    const { person } = await show(<SignInForm to={undefined} />);
    await fill(person, "wrong");
    await person.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("That email and password do not match.");
    expect(screen.getByLabelText("Password")).toHaveAccessibleDescription(
      "That email and password do not match.",
    );
    expect(screen.getByLabelText("Password")).toBeInvalid();
  });

  it("says when to try again after too many tries", async () => {
    server.use(http.post("*/login", () => problem(429, { detail: "Too many." }, { "Retry-After": "840" })));
    const { person } = await show(<SignInForm to={undefined} />);
    await fill(person, "wrong{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("Too many tries. Try again in 14 min.");
  });

  it("says so when the server can't be reached", async () => {
    server.use(http.post("*/login", () => HttpResponse.error()));
    const { person } = await show(<SignInForm to={undefined} />);
    await fill(person, "four plain words{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("The server can't be reached.");
  });

  it("shows and hides the password, and is friendly to password managers", async () => {
    const { person } = await show(<SignInForm to={undefined} />);
    const password = screen.getByLabelText("Password");
    expect(password).toHaveAttribute("type", "password");
    expect(password).toHaveAttribute("autocomplete", "current-password");
    expect(screen.getByLabelText("Email")).toHaveAttribute("autocomplete", "username");
    await person.click(screen.getByRole("button", { name: "Show password" }));
    expect(password).toHaveAttribute("type", "text");
    await person.click(screen.getByRole("button", { name: "Hide password" }));
    expect(password).toHaveAttribute("type", "password");
  });

  it("keeps the way back when one makes an account instead, or has forgotten the password", async () => {
    await show(<SignInForm to="/jobs" />);
    const link = (name: string) => screen.getByRole("link", { name });
    expect(link("Make an account")).toHaveAttribute("href", "/app/sign-up?to=%2Fjobs");
    expect(link("Forgot password?")).toHaveAttribute("href", "/app/forgot-password?to=%2Fjobs");
  });

  it("takes the typed address along to the next door", async () => {
    const { person } = await show(<SignInForm to={undefined} />);
    await person.type(screen.getByLabelText("Email"), "mara@example.org");
    await person.click(screen.getByRole("link", { name: "Make an account" }));
    expect(typedEmail()).toBe("mara@example.org");
    expect(await screen.findByLabelText("Email")).toHaveValue("mara@example.org");
  });

  it.each([
    ["invite", "You need an invitation"],
    ["closed", "Sign-up is closed here"],
  ])("offers no account where sign-up is %s, and says so", async (mode, said) => {
    server.use(rules({ mode }));
    await show(<SignInForm to={undefined} />);
    expect(await screen.findByText(new RegExp(said))).toBeInTheDocument();
    expect(screen.queryByRole("link", { name: "Make an account" })).toBeNull();
  });
});

describe("SignUpForm", () => {
  it("says beside the email that it has an account, with the way to sign in", async () => {
    server.use(http.post("*/signup", () => problem(409, { detail: "Taken." })));
    const { person } = await show(<SignUpForm to={undefined} />);
    await fill(person, "four plain words{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("This email has an account. Sign in instead");
    expect(screen.getByLabelText("Email")).toBeInvalid();
  });

  it("puts what the server says of a field beside that field", async () => {
    const errors = [{ pointer: "/password", message: "This password is one of the 10,000 commonest." }];
    server.use(http.post("*/signup", () => problem(422, { detail: "1 field is wrong.", errors })));
    const { person } = await show(<SignUpForm to={undefined} />);
    await fill(person, "qwertyuiop{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("10,000 commonest");
    expect(screen.getByLabelText("Password")).toBeInvalid();
    expect(screen.getByLabelText("Email")).toBeValid();
  });

  it("sends the invitation along, and puts its refusal beside the address", async () => {
    let sent: unknown;
    server.use(
      http.post("*/signup", async ({ request }) => {
        sent = await request.json();
        return problem(403, { detail: "This invitation is not good." });
      }),
    );
    const { person } = await show(<SignUpForm to={undefined} invitation="inv" />);
    await fill(person, "four plain words{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("This invitation is not good.");
    expect(screen.getByLabelText("Email")).toBeInvalid();
    expect(sent).toMatchObject({ invitation: "inv" });
  });

  it("leaves out an empty name", async () => {
    let sent: unknown;
    server.use(
      http.post("*/signup", async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json(signedIn, { status: 201 });
      }),
    );
    const { history, person } = await show(<SignUpForm to="/jobs" />);
    await fill(person, "four plain words{Enter}");
    await expect.poll(() => history.location.href).toBe("/app/jobs");
    expect(sent).toEqual({ email: "mara@example.org", password: "four plain words" });
  });
});
