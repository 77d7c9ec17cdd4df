import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { closeToast, showToast, Toasts } from "./Toasts";

const success = { tone: "completed", icon: null, stays: false } as const;

beforeEach(() => {
  vi.useFakeTimers();
  render(<Toasts />);
});
afterEach(async () => {
  for (const id of ["a", "b"]) closeToast(id);
  await pass(1_000);
  vi.useRealTimers();
});

/** Long enough for sonner to draw what it was told. */
const DRAWN_MS = 300;

/** In steps: what a step brings about is drawn at its end, and sets the timers of the next. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    await act(() => vi.advanceTimersByTimeAsync(STEP_MS));
  }
}
const STEP_MS = 50;

async function show(id: string, title: string): Promise<HTMLElement> {
  showToast(id, { ...success, title });
  await pass(DRAWN_MS);
  return screen.getByText(title);
}

const shown = () => screen.queryAllByRole("status").map((message) => message.textContent);

test("a success goes after five seconds", async () => {
  await show("a", "Done");
  await pass(4_000);
  expect(shown()).toEqual(["Done"]);
  await pass(1_500);
  expect(shown()).toEqual([]);
});

test("while a mouse rests on one none goes, and then each has the time that it had left", async () => {
  const first = await show("a", "First");
  await show("b", "Second");
  fireEvent.pointerEnter(first, { pointerType: "mouse" });
  await pass(60_000);
  expect(shown()).toHaveLength(2);
  fireEvent.pointerLeave(first, { pointerType: "mouse" });
  await pass(4_000);
  expect(shown()).toHaveLength(2);
  await pass(1_500);
  expect(shown()).toEqual([]);
});

test("a finger that tapped one does not keep it: no browser says that it is gone", async () => {
  const message = await show("a", "Done");
  fireEvent.pointerEnter(message, { pointerType: "touch" });
  fireEvent.mouseEnter(message);
  fireEvent.mouseMove(message);
  await pass(5_500);
  expect(shown()).toEqual([]);
});

test("one that is closed under the mouse does not keep the others", async () => {
  const first = await show("a", "First");
  fireEvent.pointerEnter(first, { pointerType: "mouse" });
  await show("b", "Second");
  closeToast("a");
  await pass(1_000);
  expect(shown()).toEqual(["Second"]);
  await pass(5_500);
  expect(shown()).toEqual([]);
});

test("while the focus is among them by keyboard none goes", async () => {
  await show("a", "Done");
  fireEvent.keyDown(document, { altKey: true, code: "KeyT" });
  expect(document.activeElement).toHaveAttribute("data-sonner-toaster");
  await pass(20_000);
  expect(shown()).toEqual(["Done"]);
  act(() => (document.activeElement as HTMLElement).blur());
  await pass(5_500);
  expect(shown()).toEqual([]);
});

test("one that is closed before it is drawn is not there for long", async () => {
  // As on a busy machine: frames come before the timer by which sonner draws.
  vi.stubGlobal("requestAnimationFrame", (draw: FrameRequestCallback) => {
    draw(performance.now());
    return 0;
  });
  showToast("a", { ...success, stays: true, title: "Gone already" });
  closeToast("a");
  await pass(1_000);
  expect(screen.queryByText("Gone already")).toBeNull();
});

test("one that is told anew stays for five seconds from then on", async () => {
  await show("a", "Copied one");
  await pass(4_000);
  await show("a", "Copied another");
  await pass(4_000);
  expect(shown()).toEqual(["Copied another"]);
  await pass(1_500);
  expect(shown()).toEqual([]);
});

test("a failure stays, and is closed by its button", async () => {
  showToast("a", { ...success, tone: "failed", stays: true, title: "It failed" });
  await pass(60_000);
  expect(screen.getByRole("alert")).toHaveTextContent("It failed");
  fireEvent.click(screen.getByRole("button", { name: "Close" }));
  await pass(1_000);
  expect(screen.queryByRole("alert")).toBeNull();
});
