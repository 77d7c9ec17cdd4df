import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { useKeys } from "./useKeys";

function Screen({ onNew, onJobs }: { onNew: () => void; onJobs: () => void }) {
  useKeys({ n: onNew, "g j": onJobs });
  return <input aria-label="Search" />;
}

function Rows({ onRow }: { onRow: () => void }) {
  useKeys({ j: onRow, Enter: onRow });
  return (
    <>
      <button type="button">Other</button>
      <input type="checkbox" aria-label="Pick" />
    </>
  );
}

function show() {
  const onNew = vi.fn();
  const onJobs = vi.fn();
  render(<Screen onNew={onNew} onJobs={onJobs} />);
  return { onNew, onJobs, person: userEvent.setup() };
}

describe("useKeys", () => {
  it("hears single keys and pairs", async () => {
    const { onNew, onJobs, person } = show();
    await person.keyboard("n");
    expect(onNew).toHaveBeenCalledTimes(1);
    await person.keyboard("gj");
    expect(onJobs).toHaveBeenCalledTimes(1);
    await person.keyboard("j");
    expect(onJobs).toHaveBeenCalledTimes(1);
  });

  it("rests while one types, and leaves Ctrl to the browser", async () => {
    const { onNew, person } = show();
    await person.type(screen.getByLabelText("Search"), "n");
    await person.click(document.body);
    await person.keyboard("{Control>}n{/Control}");
    expect(onNew).not.toHaveBeenCalled();
  });

  it("gives a pair to who has it, and its second key to nobody else", async () => {
    const { onJobs, person } = show();
    const onRow = vi.fn();
    render(<Rows onRow={onRow} />);
    await person.keyboard("gj");
    expect(onJobs).toHaveBeenCalledTimes(1);
    expect(onRow).not.toHaveBeenCalled();
    await person.keyboard("j");
    expect(onRow).toHaveBeenCalledTimes(1);
    await person.keyboard("gxj");
    expect(onRow).toHaveBeenCalledTimes(2);
  });

  it("asks the innermost first, and forgets who is gone", async () => {
    const { onNew, person } = show();
    const inner = vi.fn();
    const { unmount } = render(<Screen onNew={inner} onJobs={vi.fn()} />);
    await person.keyboard("n");
    expect([onNew.mock.calls.length, inner.mock.calls.length]).toEqual([0, 1]);
    unmount();
    await person.keyboard("n");
    expect(onNew).toHaveBeenCalledTimes(1);
  });

  it("leaves Enter to a focused button, and works from a checkbox", async () => {
    const { onNew, person } = show();
    const onRow = vi.fn();
    render(<Rows onRow={onRow} />);
    screen.getByRole("button", { name: "Other" }).focus();
    await person.keyboard("{Enter}");
    expect(onRow).not.toHaveBeenCalled();
    screen.getByRole("checkbox").focus();
    await person.keyboard("n");
    expect(onNew).toHaveBeenCalledTimes(1);
  });

  it("acts once for a key that is held down, and goes on moving", () => {
    const { onNew } = show();
    const onRow = vi.fn();
    render(<Rows onRow={onRow} />);
    for (const repeat of [false, true, true]) {
      fireEvent.keyDown(document.body, { key: "n", repeat });
      fireEvent.keyDown(document.body, { key: "j", repeat });
    }
    expect(onNew).toHaveBeenCalledTimes(1);
    expect(onRow).toHaveBeenCalledTimes(3);
  });

  it("rests while a dialog is open", async () => {
    const { onNew, person } = show();
    render(<div role="dialog" aria-label="Keys" />);
    await person.keyboard("n");
    expect(onNew).not.toHaveBeenCalled();
  });
});
