import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { ApiError, type FieldError } from "@/api/ApiError";
import { type Json, parseExact, stringifyExact } from "@/api/exactJson";
import { useSubmitJob } from "@/api/jobMutations";
import type { Job, Kind } from "@/api/types";
import { useIsShown } from "@/ui/useIsShown";
import type { FormContext } from "../form/formContext";
import { jsonProblem } from "../form/jsonProblem";
import { placeErrors, placesOf } from "../form/places";
import { setIn, toPointer } from "../form/pointer";
import { type Schema, shapeOf } from "../form/shape";
import { startValue } from "../form/startValue";
import { validate } from "../form/validate";
import { tellFailed, tellWarning } from "../notices";
import { hiddenAt } from "../secrets";
import { changeOf, type Draft, EMPTY_DRAFT, requestOf } from "./draft";
import type { Typed } from "./keptDraft";
import type { Mode } from "./PayloadEditor";

const PAYLOAD = "/payload";
const NO_SCHEMA: Schema = {};

/** The state of the new-job form: what is in it, what is wrong with it, and sending it. `copied`: the job it began as. */
export function useNewJob(
  kind: Kind | undefined,
  start: { draft: Draft | null; typed: Typed | null },
  copied: Job | undefined,
  onSent: () => void,
) {
  const [draft, setDraft] = useState<Draft>(
    () => start.draft ?? { ...EMPTY_DRAFT, payload: startPayload(kind) },
  );
  const [mode, setMode] = useState<Mode>(start.typed?.mode ?? "form");
  const [text, setText] = useState(start.typed?.text ?? "");
  const [epoch, setEpoch] = useState(0);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [broken, setBroken] = useState<Typed["broken"]>(start.typed?.broken ?? {});
  const [stays, setStays] = useState<string | null>(null);
  const [attempts, setAttempts] = useState(0);
  const [refused, setRefused] = useState<readonly FieldError[]>([]);
  const submitting = useSubmitJob();
  const navigate = useNavigate();
  const sent = useRef({ body: "", key: "" });
  const isSending = useRef(false);
  const isShown = useIsShown();

  const schema = (kind?.payload_schema ?? NO_SCHEMA) as Schema;
  const shape = useMemo(() => shapeOf(schema, schema), [schema]);
  const asItWas = copied !== undefined && kind?.kind === copied.kind && isSame(draft.payload, copied.payload);
  const payloadErrors = useMemo(
    () => [...(copied && !asItWas ? hiddenErrors(draft.payload) : []), ...validate(schema, draft.payload)],
    [schema, draft.payload, copied, asItWas],
  );
  const { body, errors: optionErrors } = requestOf(kind?.kind ?? "", draft);
  const brokenErrors = Object.entries(broken).map(([pointer, { message }]) => ({ pointer, message }));

  // In a form an error waits until its field was left; what the server refused and what does not parse does not wait.
  // While the text does not parse, the payload is the one before it: nothing else is worth saying.
  const unread = "" in broken;
  const judged = unread ? [] : [...ofPayload(refused), ...payloadErrors];
  const places = placesOf(shape, draft.payload);
  const waits = (place: string) => attempts === 0 && mode === "form" && !left.has(place);
  const placed = placeErrors([...brokenErrors, ...judged], places);
  const firm = placeErrors([...brokenErrors, ...ofPayload(refused)], places);
  const shown = new Map([...placed].filter(([place]) => firm.has(place) || !waits(place)));
  const optionsShown = new Map(
    [...refused.filter(({ pointer }) => !pointer.startsWith(PAYLOAD)), ...optionErrors].map(
      ({ pointer, message }) => [pointer, message],
    ),
  );
  const wrong = placed.size + optionsShown.size + (kind ? 0 : 1);
  const toFix = shown.size + optionsShown.size + (kind || attempts === 0 ? 0 : 1);

  useEffect(() => {
    if (attempts === 0) return;
    const first = document.querySelector<HTMLElement>('[aria-invalid="true"]');
    first?.focus();
    first?.scrollIntoView?.({ block: "center" });
  }, [attempts]);

  const change = (part: Partial<Draft>) => {
    setDraft((old) => ({ ...old, ...part }));
    setRefused([]);
  };
  /** `typed`: as it was when it was left. */
  const replacePayload = (payload: Json, typed?: Typed) => {
    change({ payload });
    setText(typed?.mode === "json" ? typed.text : stringifyExact(payload, 2));
    setBroken(typed?.broken ?? {});
    if (typed) setMode(typed.mode);
    setStays(null);
    setLeft(new Set());
    setEpoch((old) => old + 1);
  };
  const form: FormContext = {
    change: (path, value) => {
      setDraft((old) => ({ ...old, payload: setIn(old.payload, path, value) ?? {} }));
      setRefused([]);
    },
    errorAt: (path) => shown.get(toPointer(path)),
    leave: (path) => setLeft((old) => new Set([...old, toPointer(path)])),
    setBroken: (path, message, text) => {
      setStays(null);
      setBroken((old) => without(old, toPointer(path), message, text));
    },
    brokenText: (path) => broken[toPointer(path)]?.text,
  };
  const changeText = (next: string) => {
    setText(next);
    setRefused([]);
    try {
      const payload = parseExact(next.trim() === "" ? "{}" : next);
      setBroken({});
      setDraft((old) => ({ ...old, payload }));
    } catch (error) {
      setBroken({ "": { message: jsonProblem(error, next) } });
    }
  };
  const changeMode = (next: Mode) => {
    if (next === mode) return;
    // A text that does not parse has no form; its error stands below it.
    if (next === "form" && unread) return;
    // Nor has the value what a field of the form was given that is none: it would be lost.
    const [place] = Object.entries(broken).find(([, { text: typed }]) => typed !== undefined) ?? [];
    const field = place === undefined ? null : document.querySelector<HTMLElement>(fieldAt(place));
    if (next === "json" && field) {
      field.focus();
      field.scrollIntoView?.({ block: "center" });
      setStays(`What is typed in ${place?.split("/").at(-1)} is no JSON yet: mend it or empty it first.`);
      return;
    }
    setStays(null);
    setBroken({});
    setText(stringifyExact(draft.payload ?? {}, 2));
    setEpoch((old) => old + 1);
    setMode(next);
  };

  const submit = () => {
    // Not `isPending`: a second Ctrl Enter comes before the page is drawn anew.
    if (isSending.current) return;
    if (wrong > 0) {
      setAttempts(attempts + 1);
      return;
    }
    // The same job sent again after a lost answer is the same job; a changed one is another.
    const text = stringifyExact(body);
    if (sent.current.body !== text) sent.current = { body: text, key: crypto.randomUUID() };
    isSending.current = true;
    const sending = submitting.mutateAsync(
      {
        job: body,
        idempotencyKey: sent.current.key,
        // Only the server has what it hid: a payload that was not touched stays there.
        ...(asItWas ? { copy: { of: copied.id, change: changeOf(body, draft, kind) } } : {}),
      },
      {
        // This alone is for who is still here.
        onSuccess: (job) => void navigate({ to: "/jobs/$id", params: { id: job.id } }),
      },
    );
    sending
      .then(
        (job) => {
          onSent();
          for (const warning of job.warnings ?? []) tellWarning(`${job.kind} is submitted`, warning.message);
        },
        (error: Error) => {
          if (isShown() && error instanceof ApiError && error.errors.length > 0) {
            setRefused(error.errors.map((one) => ({ ...one, message: sentence(one.message) })));
            setAttempts(attempts + 1);
          } else tellFailed("The job was not submitted", error);
        },
      )
      .finally(() => {
        isSending.current = false;
      });
  };

  return {
    draft,
    change,
    body,
    form,
    mode,
    typed: { mode, text, broken: unparsed(broken) } satisfies Typed,
    stays,
    changeMode,
    epoch,
    json: { text, set: changeText, errors: unread ? brokenErrors : judged },
    rootError: shown.get(""),
    optionErrors: optionsShown,
    kindWrong: !kind && attempts > 0,
    toFix,
    submit,
    busy: submitting.isPending,
    startAnew: (next: Draft) => {
      replacePayload(next.payload ?? {});
      change(next);
    },
    fillExample: () => kind && replacePayload((kind.example ?? {}) as Json),
    replacePayload,
  };
}

export function startPayload(kind: Kind | undefined): Json {
  if (!kind) return {};
  const schema = kind.payload_schema as Schema;
  const shape = shapeOf(schema, schema);
  return shape.is === "object" || shape.is === "union" ? startValue(shape) : {};
}

function isSame(one: unknown, other: unknown): boolean {
  return stringifyExact(one ?? null) === stringifyExact(other ?? null);
}

function hiddenErrors(payload: Json | undefined): FieldError[] {
  const message = "Hidden in the copy: type it anew.";
  return hiddenAt(payload ?? null).map((pointer) => ({ pointer, message }));
}

function ofPayload(errors: readonly FieldError[]): FieldError[] {
  return errors
    .filter(({ pointer }) => pointer === PAYLOAD || pointer.startsWith(`${PAYLOAD}/`))
    .map(({ pointer, message }) => ({ pointer: pointer.slice(PAYLOAD.length), message }));
}

/** The server's 'is required' as it stands under a field. */
function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function without(
  old: Typed["broken"],
  pointer: string,
  message: string | null,
  text: string | undefined,
): Typed["broken"] {
  if (message === (old[pointer]?.message ?? null) && text === old[pointer]?.text) return old;
  const { [pointer]: _gone, ...others } = old;
  if (message === null) return others;
  return { ...others, [pointer]: { message, ...(text === undefined ? {} : { text }) } };
}

/** What is typed and is no value. A name that is there twice is no such text: the form, drawn anew, has it once. */
function unparsed(broken: Typed["broken"]): Typed["broken"] {
  return Object.fromEntries(
    Object.entries(broken).filter(([pointer, { text }]) => pointer === "" || text !== undefined),
  );
}

function fieldAt(pointer: string): string {
  return `[data-place="${CSS.escape(pointer)}"]`;
}
