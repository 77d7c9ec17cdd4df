import { CircleAlert } from "lucide-react";
import { type ComponentProps, type ReactNode, useId } from "react";
import { cx } from "./cx";

export interface FieldProps {
  label: string;
  /** Small words after the label, as 'optional'. */
  note?: string;
  hint?: ReactNode;
  error?: ReactNode;
  className?: string;
  /** The control, given the ids that tie it to its label, hint and error. */
  children: (control: ControlProps) => ReactNode;
}

export interface ControlProps {
  id: string;
  "aria-invalid": true | undefined;
  "aria-describedby": string | undefined;
}

/** A label, its control, and what is to be said about it: the error stands in for the hint. */
export function Field({ label, note, hint, error, className, children }: FieldProps) {
  const id = useId();
  const said = error || hint ? `${id}-said` : undefined;
  return (
    <div className={cx("flex min-w-0 flex-col gap-1.5", className)}>
      <label htmlFor={id} className="flex items-baseline gap-1.5 font-strong">
        {label}
        {note && <span className="text-12 font-normal text-fg-3">{note}</span>}
      </label>
      {children({ id, "aria-invalid": error ? true : undefined, "aria-describedby": said })}
      {error ? (
        <span id={said} role="alert" className="flex items-start gap-1.5 text-12 text-failed">
          <CircleAlert className="mt-px size-3.5 shrink-0" aria-hidden="true" />
          <span>{error}</span>
        </span>
      ) : (
        hint && (
          <span id={said} className="text-12 text-fg-3">
            {hint}
          </span>
        )
      )}
    </div>
  );
}

const BOX =
  "flex w-full min-w-0 items-center gap-2 rounded-control border bg-surface px-2.5 dark:bg-surface-2";
const GOOD = "has-[:focus]:border-focus! has-[:focus]:shadow-[0_0_0_1px_var(--focus)]";
const BAD = "border-failed! shadow-[0_0_0_1px_var(--st-failed)]";
const BARE =
  "min-w-0 flex-1 self-stretch bg-transparent outline-none placeholder:text-fg-3 disabled:text-fg-off";

export interface InputProps extends ComponentProps<"input"> {
  /** What stands before or after the text, inside the box. */
  before?: ReactNode;
  after?: ReactNode;
  /** `sm` for bars, 28 px high; forms take 36 px (phones 44 px). */
  boxSize?: "sm" | "lg";
}

/** 16 px text on phones: iOS zooms into anything smaller. */
export function Input({ before, after, boxSize = "lg", className, ...rest }: InputProps) {
  return (
    <span
      className={cx(
        BOX,
        boxSize === "lg"
          ? "h-11 border-control text-16 md:h-9 md:text-13"
          : "h-9 border-line-2 text-16 md:h-7 md:text-13",
        rest["aria-invalid"] ? BAD : GOOD,
        className,
      )}
    >
      {before}
      <input {...rest} className={BARE} />
      {after}
    </span>
  );
}

export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return (
    <span
      className={cx(
        BOX,
        "items-start border-control py-2 text-16 md:text-13",
        rest["aria-invalid"] ? BAD : GOOD,
      )}
    >
      <textarea {...rest} className={cx(BARE, "resize-y", className)} />
    </span>
  );
}
