import { screen } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { showScreen } from "@/jobs/showScreen";
import { ForgotPassword } from "./ForgotPassword";
import { takeToken } from "./linkToken";
import { ResetPassword } from "./ResetPassword";
import { SignUp } from "./SignUp";
import { VerifyEmail } from "./VerifyEmail";

const refusal = (pointer: string, message: string) =>
  HttpResponse.json(
    { title: "Wrong", status: 422, detail: "Wrong.", errors: [{ pointer, message }] },
    { status: 422, headers: { "Content-Type": "application/problem+json" } },
  );
const rules = (part: object) =>
  http.get("*/signup", () => HttpResponse.json({ mode: "open", domain: null, mail: true, ...part }));
let sent: unknown = null;
const noted =
  (answer: () => Response) =>
  async ({ request }: { request: Request }) => {
    sent = await request.json();
    return answer();
  };
const server = setupServer(rules({}));
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => {
  server.resetHandlers();
  sent = null;
});
afterAll(() => server.close());

/** The page as a link opened it: the token is in the history entry and no more in the address. */
const open = (page: React.ReactNode, linkToken?: string) =>
  showScreen("/", { "/": () => page, "/sign-in": () => <h1>The door</h1> }, linkToken ? { linkToken } : {});

describe("the token of a link", () => {
  it("is taken out of the address", () => {
    let thrown: { options?: object } = {};
    try {
      takeToken({ hash: "#token=abc" }, "token", "/reset-password");
    } catch (error) {
      thrown = error as { options: object };
    }
    expect(thrown.options).toMatchObject({
      to: "/reset-password",
      replace: true,
      state: { linkToken: "abc" },
    });
    expect(() => takeToken({ hash: "" }, "token", "/reset-password")).not.toThrow();
  });
});

describe("a new password by a link", () => {
  it("is set, and leads to the door", async () => {
    server.use(
      http.post(
        "*/password/reset",
        noted(() => new HttpResponse(null, { status: 204 })),
      ),
    );
    const { person } = await open(<ResetPassword />, "tok");
    await person.type(await screen.findByLabelText("New password"), "four plain words{Enter}");
    expect(await screen.findByText("Your new password is set")).toBeInTheDocument();
    expect(sent).toEqual({ token: "tok", new_password: "four plain words" });
    await person.click(screen.getByRole("link", { name: "Sign in" }));
    expect(await screen.findByText("The door")).toBeInTheDocument();
  });

  it("says what is wrong with the password beside it, and may be tried again", async () => {
    server.use(http.post("*/password/reset", () => refusal("/new_password", "is among the commonest")));
    const { person } = await open(<ResetPassword />, "tok");
    await person.type(await screen.findByLabelText("New password"), "1234567890{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("is among the commonest");
    expect(screen.getByLabelText("New password")).toBeInvalid();
  });

  it.each([undefined, "used"])("offers another link where this one (%s) is not good", async (token) => {
    server.use(http.post("*/password/reset", () => refusal("/token", "is not good")));
    const { person } = await open(<ResetPassword />, token);
    if (token) await person.type(await screen.findByLabelText("New password"), "four plain words{Enter}");
    expect(await screen.findByRole("link", { name: "Ask for another link" })).toHaveAttribute(
      "href",
      "/app/forgot-password",
    );
  });
});

describe("a forgotten password", () => {
  it("tells that a link is on its way, and not whether there is such an account", async () => {
    server.use(
      http.post(
        "*/password/forgot",
        noted(() => new HttpResponse(null, { status: 202 })),
      ),
    );
    const { person } = await open(<ForgotPassword to={undefined} />);
    await person.type(await screen.findByLabelText("Email"), "mara@example.org{Enter}");
    expect(await screen.findByRole("status")).toHaveTextContent(
      "If there is an account for mara@example.org",
    );
    expect(sent).toEqual({ email: "mara@example.org" });
  });

  it("is for the operator where the server sends no mail", async () => {
    server.use(rules({ mail: false }));
    await open(<ForgotPassword to={undefined} />);
    expect(await screen.findByText(/sends no mail/)).toBeInTheDocument();
    expect(screen.queryByLabelText("Email")).toBeNull();
  });
});

describe("an address", () => {
  it("is confirmed by a click, not by opening the link", async () => {
    server.use(
      http.post(
        "*/email/verify",
        noted(() => new HttpResponse(null, { status: 204 })),
      ),
    );
    const { person } = await open(<VerifyEmail />, "tok");
    const button = await screen.findByRole("button", { name: "Confirm address" });
    expect(sent).toBeNull();
    await person.click(button);
    expect(await screen.findByText("Your address is confirmed")).toBeInTheDocument();
    expect(sent).toEqual({ token: "tok" });
  });
});

describe("sign-up", () => {
  it.each([
    ["closed", "Sign-up is closed"],
    ["invite", "You need an invitation"],
  ])("has no form where it is %s", async (mode, title) => {
    server.use(rules({ mode }));
    await open(<SignUp to={undefined} />);
    expect(await screen.findByRole("heading", { name: title })).toBeInTheDocument();
    expect(screen.queryByLabelText("Email")).toBeNull();
  });

  it("has one for who is invited", async () => {
    server.use(rules({ mode: "invite" }));
    await open(<SignUp to={undefined} />, "inv");
    expect(await screen.findByRole("heading", { name: "You are invited" })).toBeInTheDocument();
    expect(screen.getByLabelText("Email")).toBeInTheDocument();
  });

  it("names the domain whose addresses may sign up", async () => {
    server.use(rules({ mode: "domain", domain: "example.org" }));
    await open(<SignUp to={undefined} />);
    expect(await screen.findByLabelText("Email")).toHaveAccessibleDescription("An address at example.org.");
  });
});
