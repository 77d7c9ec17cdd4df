import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { Button } from "./Button";

// A browser tells in `detail` which click of a row it is: 2 for the second one of a double click, 0 for a key.
test("a double click on a button that sends something is one click", () => {
  const send = vi.fn();
  render(
    <Button busy={false} onClick={send}>
      Send
    </Button>,
  );
  const button = screen.getByRole("button");

  fireEvent.click(button, { detail: 1 });
  // The page has not been drawn anew in between: it does not know yet that it is busy.
  fireEvent.click(button, { detail: 2 });

  expect(send).toHaveBeenCalledTimes(1);
});

test("a double click on a form's button sends the form once", () => {
  const submit = vi.fn((event: React.FormEvent) => event.preventDefault());
  render(
    <form onSubmit={submit}>
      <Button type="submit" busy={false}>
        Make account
      </Button>
    </form>,
  );
  const button = screen.getByRole("button");

  fireEvent.click(button, { detail: 1 });
  fireEvent.click(button, { detail: 2 });

  expect(submit).toHaveBeenCalledTimes(1);
});

test("a button that only shows something takes every click, and so does a key", () => {
  const show = vi.fn();
  render(<Button onClick={show}>Next</Button>);

  fireEvent.click(screen.getByRole("button"), { detail: 1 });
  fireEvent.click(screen.getByRole("button"), { detail: 2 });
  fireEvent.click(screen.getByRole("button"), { detail: 0 });

  expect(show).toHaveBeenCalledTimes(3);
});
