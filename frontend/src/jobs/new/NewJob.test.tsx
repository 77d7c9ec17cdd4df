import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accept } from "@/api/session";
import { jobWith } from "../jobFixtures";
import { showScreen } from "../showScreen";
import { NewJob } from "./NewJob";

const BIG = "9007199254740993";
const defaults = {
  max_attempts: 5,
  timeout_seconds: 600,
  backoff: { strategy: "exponential", base_seconds: 5, max_seconds: 3_600 },
};
const kind = (name: string, properties: object, required: string[], workers = 1) => ({
  kind: name,
  description: `Does ${name}`,
  payload_schema: {
    $ref: "#/$defs/P",
    $defs: { P: { type: "object", properties, required, additionalProperties: false } },
  },
  defaults,
  example: { url: "https://example.org/example" },
  audience: "everyone",
  own: false,
  workers,
});
const KINDS = [
  kind(
    "http.request",
    {
      url: { type: "string", pattern: "^https?://" },
      method: { enum: ["GET", "PUT"], default: "GET" },
      headers: { type: "object", additionalProperties: { type: "string" }, default: {} },
      times: { type: "integer", minimum: 1 },
      follow: { type: "boolean", default: true },
    },
    ["url"],
  ),
  kind("demo.echo", { value: {}, token: { type: "string" } }, ["value"], 0),
];
const COPIED = jobWith({ kind: "demo.echo", priority: "high", tags: ["a"], timeout_seconds: 600 });

let sent: string[] = [];
const server = setupServer(
  http.post("*/token/refresh", () =>
    HttpResponse.json({ user: { id: "u" }, access_token: "t", token_type: "Bearer", expires_in: 900 }),
  ),
  http.get("*/kinds", () => HttpResponse.json({ items: KINDS, next_cursor: null })),
  http.get(`*/jobs/${COPIED.id}`, () =>
    HttpResponse.text(
      JSON.stringify({ ...COPIED, payload: "?" }).replace('"?"', `{"value": ${BIG}, "token": "***"}`),
    ),
  ),
  http.post(`*/jobs/${COPIED.id}/copy`, async ({ request }) => {
    sent.push(`copy ${await request.text()}`);
    return HttpResponse.json({ ...jobWith(), warnings: [] }, { status: 201 });
  }),
  http.post("*/jobs", async ({ request }) => {
    sent.push(await request.text());
    return HttpResponse.json({ ...jobWith(), warnings: [] }, { status: 201 });
  }),
);
beforeAll(() => server.listen());
beforeEach(() => sessionStorage.clear());
afterEach(() => {
  server.resetHandlers();
  sent = [];
});
afterAll(() => server.close());

const show = (search: string) =>
  showScreen(`/jobs/new${search}`, {
    "/jobs/new": ({ kind: name, from }) => <NewJob kind={name as string} from={from as string} />,
    "/jobs/$id": () => <h1>The job</h1>,
  });
const submitButton = async () =>
  (await screen.findAllByRole("button", { name: /Submit job/ }))[0] as HTMLElement;

describe("the new-job form", () => {
  it("submits what was filled in, and only that, and goes to the job", async () => {
    const { person, history } = await show("?kind=http.request");
    await person.type(await screen.findByLabelText(/^url/), "https://example.org/a");
    await person.selectOptions(screen.getByLabelText(/^method/), "PUT");
    await person.click(screen.getByRole("button", { name: "Add an entry to headers" }));
    await person.type(screen.getByLabelText("Name of an entry of headers"), "Accept");
    await person.type(screen.getByLabelText("Value of Accept"), "*/*");
    await person.type(screen.getByLabelText(/^times/), BIG);
    await person.click(screen.getByRole("switch", { name: "follow" }));
    await person.click(screen.getByRole("button", { name: "High" }));
    await person.keyboard("{Control>}{Enter}{/Control}");

    await screen.findByRole("heading", { name: "The job" });
    expect(history.location.pathname).toBe(`/app/jobs/${jobWith().id}`);
    expect(sent).toEqual([
      `{"kind":"http.request","payload":{"url":"https://example.org/a","method":"PUT","headers":{"Accept":"*/*"},"times":${BIG},"follow":false},"priority":"high"}`,
    ]);
  });

  it("sends one job when Ctrl Enter is pressed twice before the page is drawn anew", async () => {
    await show("?kind=http.request");
    const url = await screen.findByLabelText(/^url/);
    fireEvent.change(url, { target: { value: "https://example.org/a" } });
    fireEvent.keyDown(url, { key: "Enter", code: "Enter", ctrlKey: true });
    fireEvent.keyDown(url, { key: "Enter", code: "Enter", ctrlKey: true });

    await screen.findByRole("heading", { name: "The job" });
    expect(sent).toHaveLength(1);
  });

  it("says what is wrong beside each field and how many there are, and sends nothing", async () => {
    const { person } = await show("?kind=http.request");
    await person.type(await screen.findByLabelText(/^times/), "0");
    expect(screen.queryByText("Required.")).toBeNull();
    await person.click(await submitButton());
    expect(screen.getByLabelText(/^url/)).toHaveAccessibleDescription("Required.");
    expect(screen.getByLabelText(/^url/)).toHaveFocus();
    expect(screen.getByLabelText(/^times/)).toHaveAccessibleDescription("Must be 1 or more.");
    expect(screen.getAllByText("2 fields to fix")[0]).toBeInTheDocument();
    expect(sent).toEqual([]);
  });

  it("shows what the server refuses beside its field, in the options too, until it is changed", async () => {
    server.use(
      http.post("*/jobs", () =>
        HttpResponse.json(
          {
            title: "Invalid",
            status: 422,
            detail: "2 fields are wrong",
            errors: [
              { pointer: "/payload/url", message: "is not a public address" },
              { pointer: "/queue", message: "names no queue of this server" },
            ],
          },
          { status: 422, headers: { "Content-Type": "application/problem+json" } },
        ),
      ),
    );
    const { person } = await show("?kind=http.request");
    const url = await screen.findByLabelText(/^url/);
    await person.type(url, "http://10.0.0.1");
    await person.click(await submitButton());
    await waitFor(() => expect(url).toHaveAccessibleDescription("Is not a public address."));
    expect(screen.getByLabelText("Queue")).toHaveAccessibleDescription("Names no queue of this server.");
    await person.type(url, "/a");
    expect(url).not.toHaveAccessibleDescription("Is not a public address.");
  });

  it("keeps one value behind form and JSON, judges the text as it is typed, and keeps big numbers", async () => {
    const { person } = await show("?kind=http.request");
    await person.click(await screen.findByRole("button", { name: "Fill in the example" }));
    await person.click(screen.getByRole("button", { name: "JSON" }));
    const text = screen.getByLabelText("Payload as JSON");
    expect(text).toHaveValue('{\n  "url": "https://example.org/example"\n}');

    await person.clear(text);
    await person.click(text);
    await person.paste('{"url": "https://a",\n "times": }');
    expect(screen.getByText(/^Line 2, column 11: /)).toBeInTheDocument();
    await person.click(screen.getByRole("button", { name: "Form" }));
    expect(screen.getByLabelText("Payload as JSON")).toBeInTheDocument();

    await person.clear(text);
    await person.click(text);
    await person.paste(`{"url": "https://a", "times": ${BIG}, "color": "red"}`);
    const wrong = screen.getByText("Is not a known field.").closest("li") as HTMLElement;
    expect(within(wrong).getByText("/color")).toBeInTheDocument();
    await person.click(screen.getByRole("button", { name: "Form" }));
    expect(screen.getByLabelText(/^times/)).toHaveValue(BIG);
  });

  it("copies a job by the server, which has what it hid, and says that no worker runs the kind", async () => {
    const { person } = await show(`?from=${COPIED.id}`);
    await screen.findByText("No worker runs demo.echo now.");
    await person.click(await submitButton());
    await screen.findByRole("heading", { name: "The job" });
    expect(sent).toHaveLength(1);
    expect(JSON.parse(sent[0]?.replace("copy ", "") ?? "")).toEqual({
      priority: "high",
      queue: "default",
      tags: ["a"],
      max_attempts: 5,
      timeout_seconds: 600,
    });
  });

  it("has what is hidden typed anew when the payload is changed, and keeps its exact numbers", async () => {
    const { person } = await show(`?from=${COPIED.id}`);
    await person.click(await screen.findByRole("button", { name: "JSON" }));
    const text = screen.getByLabelText("Payload as JSON");
    await person.clear(text);
    await person.click(text);
    await person.paste(`{"value": ${BIG}, "token": "***", "more": 1}`);
    expect(screen.getByText("Hidden in the copy: type it anew.")).toBeInTheDocument();
    await person.click(await submitButton());
    expect(sent).toEqual([]);
    await person.clear(text);
    await person.click(text);
    await person.paste(`{"value": ${BIG}, "token": "t0ken"}`);
    await person.click(await submitButton());
    await screen.findByRole("heading", { name: "The job" });
    expect(sent).toEqual([
      `{"kind":"demo.echo","payload":{"value":${BIG},"token":"t0ken"},"priority":"high","tags":["a"]}`,
    ]);
  });

  it("offers the kinds when there is none yet, and keeps what was filled in for each", async () => {
    const { person } = await show("");
    await person.click(await screen.findByRole("button", { name: /^http\.request/ }));
    await person.type(screen.getByLabelText(/^url/), "https://kept");
    await person.click(screen.getByRole("button", { name: /^Kind http\.request/ }));
    await person.click(await screen.findByRole("option", { name: /demo\.echo/ }));
    expect(await screen.findByLabelText(/^value/)).toBeInTheDocument();
    await person.click(screen.getByRole("combobox", { name: /^Kind demo\.echo/ }));
    await person.click(await screen.findByRole("option", { name: /http\.request/ }));
    expect(await screen.findByLabelText(/^url/)).toHaveValue("https://kept");
  });

  it("keeps what was filled in for the way back, until it is sent", async () => {
    accept({ user: { id: "u" }, access_token: "t", token_type: "Bearer", expires_in: 900 } as never);
    const first = await show("?kind=http.request");
    await first.person.type(await screen.findByLabelText(/^url/), "https://example.org/kept");
    cleanup();

    // A look at another form takes nothing away.
    await show("?kind=demo.echo");
    expect(await screen.findByLabelText(/^value/)).toBeInTheDocument();
    expect(screen.queryByText("You were here before.")).toBeNull();
    cleanup();

    const back = await show("");
    expect(await screen.findByText("You were here before.")).toBeInTheDocument();
    expect(screen.getByLabelText(/^url/)).toHaveValue("https://example.org/kept");
    await back.person.click(await submitButton());
    await screen.findByRole("heading", { name: "The job" });
    cleanup();

    await show("?kind=http.request");
    expect(await screen.findByLabelText(/^url/)).toHaveValue("");
    expect(screen.queryByText("You were here before.")).toBeNull();
  });

  it("keeps JSON that is none yet, and how it was typed, for the way back and through another kind", async () => {
    accept({ user: { id: "u" }, access_token: "t", token_type: "Bearer", expires_in: 900 } as never);
    const first = await show("?kind=demo.echo");
    await first.person.click(await screen.findByLabelText(/^value/));
    await first.person.paste('{"half": ');
    // The other look does not have it.
    await first.person.click(screen.getByRole("button", { name: "JSON" }));
    expect(screen.getByText(/^What is typed in value is no JSON yet/)).toBeVisible();
    expect(screen.getByLabelText(/^value/)).toHaveFocus();
    const kindPicker = (name: RegExp) => screen.getByRole("combobox", { name });
    await first.person.click(screen.getByRole("button", { name: /^Kind demo\.echo/ }));
    await first.person.click(await screen.findByRole("option", { name: /http\.request/ }));
    await screen.findByLabelText(/^url/);
    await first.person.click(kindPicker(/^Kind http\.request/));
    await first.person.click(await screen.findByRole("option", { name: /demo\.echo/ }));
    expect(await screen.findByLabelText(/^value/)).toHaveValue('{"half": ');
    cleanup();

    const second = await show("?kind=demo.echo");
    expect(await screen.findByLabelText(/^value/)).toHaveValue('{"half": ');
    expect(screen.getByLabelText(/^value/)).toHaveAttribute("aria-invalid", "true");
    await second.person.clear(screen.getByLabelText(/^value/));
    await second.person.click(screen.getByRole("button", { name: "JSON" }));
    const text = screen.getByLabelText("Payload as JSON");
    await second.person.clear(text);
    await second.person.click(text);
    await second.person.paste('{"value": 1,');
    cleanup();

    await show("?kind=demo.echo");
    expect(await screen.findByLabelText("Payload as JSON")).toHaveValue('{"value": 1,');
    expect(screen.getByText(/^Line 1, /)).toBeInTheDocument();
  });

  it("brings no error back about what the form has no more", async () => {
    accept({ user: { id: "u" }, access_token: "t", token_type: "Bearer", expires_in: 900 } as never);
    const { person } = await show("?kind=http.request");
    await person.type(await screen.findByLabelText(/^url/), "https://example.org/a");
    for (let nth = 0; nth < 2; nth += 1) {
      await person.click(screen.getByRole("button", { name: "Add an entry to headers" }));
      await person.type(
        screen.getAllByLabelText("Name of an entry of headers")[nth] as HTMLElement,
        "Accept",
      );
    }
    expect(screen.getByText("Accept is there twice.")).toBeInTheDocument();
    cleanup();
    await show("?kind=http.request");
    expect(await screen.findByLabelText("Name of an entry of headers")).toHaveValue("Accept");
    expect(screen.queryByText("Accept is there twice.")).toBeNull();
  });

  it("begins anew when one asks for it", async () => {
    accept({ user: { id: "u" }, access_token: "t", token_type: "Bearer", expires_in: 900 } as never);
    const first = await show("?kind=http.request");
    await first.person.type(await screen.findByLabelText(/^url/), "https://example.org/kept");
    await first.person.click(screen.getByRole("button", { name: "High" }));
    cleanup();
    const { person } = await show("?kind=http.request");
    await person.click(await screen.findByRole("button", { name: "Start anew" }));
    expect(screen.getByLabelText(/^url/)).toHaveValue("");
    expect(screen.getByRole("button", { name: "High" })).toHaveAttribute("aria-pressed", "false");
    cleanup();
    await show("?kind=http.request");
    expect(await screen.findByLabelText(/^url/)).toHaveValue("");
  });

  it("begins anew also where no kind was asked for", async () => {
    accept({ user: { id: "u" }, access_token: "t", token_type: "Bearer", expires_in: 900 } as never);
    const first = await show("?kind=http.request");
    await first.person.type(await screen.findByLabelText(/^url/), "https://example.org/kept");
    cleanup();
    const { person } = await show("");
    await person.click(await screen.findByRole("button", { name: "Start anew" }));
    cleanup();
    await show("");
    expect(await screen.findByRole("button", { name: /^http\.request/ })).toBeInTheDocument();
    expect(screen.queryByText("You were here before.")).toBeNull();
  });
});
