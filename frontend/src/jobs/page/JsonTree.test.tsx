import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { parseExact } from "@/api/exactJson";
import { JsonTree } from "./JsonTree";

const show = (text: string) => render(<JsonTree value={parseExact(text)} />);

describe("JsonTree", () => {
  it("shows every digit of numbers that JavaScript would round", () => {
    show('{"id": 9007199254740993, "price": 1.0, "far": 1e400}');
    for (const digits of ["9007199254740993", "1.0", "1e400"]) expect(screen.getByText(digits)).toBeVisible();
  });

  it("folds and unfolds, and says how much is in a fold", async () => {
    show('{"data": {"deep": {"lines": [1, 2, 3]}}}');
    expect(screen.queryByText('"lines"')).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "deep: 1 field" }));
    expect(screen.getByText('"lines"')).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "data: 1 field" }));
    expect(screen.queryByText('"deep"')).toBeNull();
  });

  it("shows a long list in parts, and a long text", async () => {
    show(JSON.stringify([Array.from({ length: 1_200 }, (_, index) => `item ${index}`), "x".repeat(5_000)]));
    await userEvent.click(screen.getByRole("button", { name: "All of it: 1,200 items" }));
    expect(screen.getByText('"item 99"')).toBeVisible();
    expect(screen.queryByText('"item 100"')).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "1,100 more" }));
    expect(screen.getByText('"item 1000"')).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "3,000 more letters" }));
    expect(screen.getByText(`"${"x".repeat(5_000)}"`)).toBeVisible();
  });

  it("says what was hidden, and writes out letters that are not seen", () => {
    const value = parseExact('{"token": "***", "name": "a\u202eb"}');
    const { unmount } = render(<JsonTree value={value} masked />);
    expect(screen.getByText("hidden")).toBeVisible();
    expect(screen.getByText('"a\\u202eb"')).toBeVisible();
    unmount();
    render(<JsonTree value={value} />);
    expect(screen.getByText('"***"')).toBeVisible();
  });

  it("shows text, not markup", () => {
    show('{"<img src=x>": "<b>bold</b>"}');
    expect(screen.getByText('"<b>bold</b>"')).toBeVisible();
    expect(document.querySelector("img")).toBeNull();
  });
});
