import { ChevronsUpDown, Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { exactNumber, isExactNumber, type Json, stringifyExact } from "@/api/exactJson";
import { cx } from "@/ui/cx";
import { Field, Input, TextArea } from "@/ui/Field";
import { Switch } from "@/ui/Switch";
import { useForm } from "./formContext";
import { type FieldOf, hintOf, noteOf } from "./SchemaField";
import { short } from "./shape";

export function TextField({ path, name, shape, value, required, kept = false }: FieldOf<"text">) {
  const form = useForm();
  const [shown, setShown] = useState(!shape.secret);
  const text =
    typeof value === "string" ? value : value === undefined || value === null ? "" : stringifyExact(value);
  const common = {
    value: text,
    placeholder: placeholderOf(shape.fallback),
    spellCheck: shape.long,
    autoComplete: shape.secret ? "new-password" : "off",
    onBlur: () => form.leave(path),
  };
  const change = (next: string) => form.change(path, next === "" && !kept ? undefined : next);
  return (
    <Field
      label={name}
      note={noteOf({ shape, required })}
      hint={hintOf({ shape, required })}
      error={form.errorAt(path)}
    >
      {(control) =>
        shape.long ? (
          <TextArea
            {...control}
            {...common}
            rows={Math.min(12, Math.max(3, text.split("\n").length))}
            onChange={(event) => change(event.target.value)}
          />
        ) : (
          <Input
            {...control}
            {...common}
            type={shown ? "text" : "password"}
            inputMode={
              /uri|url/.test(shape.format ?? name) ? "url" : shape.format === "email" ? "email" : undefined
            }
            onChange={(event) => change(event.target.value)}
            after={
              shape.secret && (
                <button
                  type="button"
                  aria-label={shown ? `Hide ${name}` : `Show ${name}`}
                  onClick={() => setShown(!shown)}
                  className="grid size-6 place-items-center text-fg-3 hover:text-fg"
                >
                  {shown ? <EyeOff className="size-4" /> : <Eye className="size-4" />}
                </button>
              )
            }
          />
        )
      }
    </Field>
  );
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A text box: a number box would round 9007199254740993, and take 'e' away while one types. */
export function NumberField({ path, name, shape, value, required }: FieldOf<"number">) {
  const form = useForm();
  const change = (text: string) => {
    const trimmed = text.trim();
    if (trimmed === "") form.change(path, undefined);
    // What is no number yet stays as it was typed, and is said to be none.
    else form.change(path, NUMBER.test(trimmed) ? exactNumber(trimmed) : text);
  };
  return (
    <Field
      label={name}
      note={noteOf({ shape, required })}
      hint={hintOf({ shape, required })}
      error={form.errorAt(path)}
    >
      {(control) => (
        <Input
          {...control}
          inputMode={shape.whole ? "numeric" : "decimal"}
          autoComplete="off"
          value={numberText(value)}
          placeholder={placeholderOf(shape.fallback)}
          onChange={(event) => change(event.target.value)}
          onBlur={() => form.leave(path)}
        />
      )}
    </Field>
  );
}

function numberText(value: Json | undefined): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (isExactNumber(value)) return value.toString();
  return value === undefined || value === null ? "" : stringifyExact(value);
}

export function SwitchField({ path, name, shape, value, required }: FieldOf<"boolean">) {
  const form = useForm();
  const fallback = shape.fallback === true;
  const on = typeof value === "boolean" ? value : fallback;
  const error = form.errorAt(path);
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <span className="flex items-baseline gap-1.5 font-strong">
        {name}
        <span className="text-12 font-normal text-fg-3">{noteOf({ shape, required })}</span>
      </span>
      <span className="flex h-11 items-center gap-2.5 md:h-9">
        <Switch
          label={name}
          checked={on}
          // Back at the default it is left out again: the server's default may change.
          onChange={(next) => form.change(path, next === fallback && !required ? undefined : next)}
        />
        {on ? "On" : "Off"}
        {value === undefined && shape.fallback !== undefined && (
          <span className="text-12 text-fg-3">as by default</span>
        )}
      </span>
      {error ? (
        <span role="alert" className="text-12 text-failed">
          {error}
        </span>
      ) : (
        shape.description && <span className="text-12 text-fg-3">{shape.description}</span>
      )}
    </div>
  );
}

export function ChoiceField({ path, name, shape, value, required }: FieldOf<"choice">) {
  const form = useForm();
  const index = shape.options.findIndex(
    (option) => value !== undefined && stringifyExact(option) === stringifyExact(value),
  );
  const unset =
    shape.fallback === undefined || shape.fallback === null
      ? "not set"
      : `${short(shape.fallback)}, by default`;
  return (
    <Field
      label={name}
      note={noteOf({ shape, required })}
      hint={hintOf({ shape, required })}
      error={form.errorAt(path)}
    >
      {(control) => (
        <Select
          {...control}
          value={index}
          onChange={(next) => form.change(path, next < 0 ? undefined : shape.options[next])}
          onBlur={() => form.leave(path)}
          options={[
            { value: -1, label: required && shape.fallback === undefined ? "Choose…" : unset },
            ...shape.options.map((option, place) => ({ value: place, label: short(option) })),
          ]}
        />
      )}
    </Field>
  );
}

/** The browser's own list, in the look of an input. */
export function Select<T extends string | number>({
  value,
  options,
  onChange,
  className,
  ...rest
}: {
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  onBlur?: () => void;
  id?: string;
  "aria-label"?: string;
  "aria-invalid"?: true | undefined;
  "aria-describedby"?: string | undefined;
  className?: string;
}) {
  return (
    <span className={cx("relative flex w-full", className)}>
      <select
        {...rest}
        value={String(value)}
        onChange={(event) => {
          const found = options.find((option) => String(option.value) === event.target.value);
          if (found) onChange(found.value);
        }}
        className={cx(
          "h-11 w-full appearance-none truncate rounded-control border bg-surface pr-8 pl-2.5 text-16 outline-none focus:border-focus! focus:shadow-[0_0_0_1px_var(--focus)] md:h-9 md:text-13 dark:bg-surface-2",
          rest["aria-invalid"] ? "border-failed!" : "border-control!",
        )}
      >
        {options.map((option) => (
          <option key={option.value} value={String(option.value)}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronsUpDown
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2.5 size-3.5 -translate-y-1/2 text-fg-2"
      />
    </span>
  );
}

function placeholderOf(fallback: Json | undefined): string | undefined {
  return fallback === undefined || fallback === null ? undefined : short(fallback);
}
